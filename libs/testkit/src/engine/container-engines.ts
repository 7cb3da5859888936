import { GenericContainer, Wait } from 'testcontainers';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { NEVER, type RunningKafka, type RunningPostgres } from './engine.js';
import { freePort } from './free-ports.js';
import { KAFKA_VERSION } from './kafka-jars.js';

export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
export const POSTGRES_IMAGE = 'postgres:18.4';
const INSIDE = 9092;

/** The broker must know the address that its clients use before it starts: hence a port chosen by us. */
const kafkaEnvironment = (port: number): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_LISTENERS: `PLAINTEXT://:${INSIDE},CONTROLLER://:9093`,
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
});

export const startContainerKafka = async (): Promise<RunningKafka> => {
  const port = await freePort();
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment(kafkaEnvironment(port))
    .withExposedPorts({ container: INSIDE, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return {
    brokers: [`127.0.0.1:${port}`],
    pid: null,
    ended: NEVER,
    stop: async () => void (await container.stop()),
  };
};

export const startContainerPostgres = async (database: string, durable = false): Promise<RunningPostgres> => {
  const container = await new PostgreSqlContainer(POSTGRES_IMAGE)
    .withDatabase(database)
    .withUsername('postgres')
    .withCommand(['postgres', '-c', 'max_connections=300', ...(durable ? [] : ['-c', 'fsync=off'])])
    .start();
  return {
    url: container.getConnectionUri(),
    pid: null,
    ended: NEVER,
    stop: async () => void (await container.stop()),
  };
};
