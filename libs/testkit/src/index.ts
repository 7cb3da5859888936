export { type RecoveryTarget, restoreBaseBackup, takeBaseBackup } from './engine/base-backup.js';
export { CertificateAuthority, type CertifiedKey } from './engine/certificates.js';
export { NEVER, type RunningKafka, type RunningPostgres } from './engine/engine.js';
export { freePort, freePorts, preferPort } from './engine/free-ports.js';
export { Guard } from './engine/guard.js';
export { runKafkaCommand } from './engine/kafka-command.js';
export { kafkaCacheFolder } from './engine/kafka-jars.js';
export { kafkaAnswers } from './engine/kafka-probe.js';
export { CLUSTER_ADMIN, type KafkaPrincipal, SecuredKafkaCluster } from './engine/local-kafka-cluster.js';
export { type LocalKafkaOptions, startLocalKafka } from './engine/local-kafka.js';
export {
  ensureDatabase,
  type LocalPostgresOptions,
  postgresAnswers,
  postgresUrl,
  startLocalPostgres,
} from './engine/local-postgres.js';
export { nodeOptions } from './engine/node-options.js';
export { isRoot } from './engine/postgres-user.js';
export { type Launch, type ServerCommand, ServerProcess } from './engine/server-process.js';
export { dockerAnswers, startTestEngines } from './engine/test-engines.js';
export { explain, type PlanNode, rowsRead, rowsScanned } from './query-plan.js';
export * from './test-database.js';
export * from './senders/index.js';
export * from './stedi-report-server/index.js';
export * from './receiver/index.js';
export { SmallDiskPostgres } from './faults/small-disk-postgres.js';
export * from './faults/tcp-proxy.js';
