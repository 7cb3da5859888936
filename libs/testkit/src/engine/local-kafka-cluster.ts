import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CertificateAuthority } from './certificates.js';
import { freePorts } from './free-ports.js';
import { kafkaJars } from './kafka-jars.js';
import { kafkaAnswers } from './kafka-probe.js';
import { KAFKA_LOGGING } from './local-kafka.js';
import { type Launch, ServerProcess } from './server-process.js';

const READY_DEADLINE_MS = 120_000;
const NODES = [1, 2, 3] as const;
type NodeId = (typeof NODES)[number];

export interface KafkaPrincipal {
  readonly name: string;
  readonly password: string;
}

interface Ports {
  readonly sasl: number;
  readonly mutual: number;
  readonly internal: number;
  readonly controller: number;
}

export interface SecuredClusterOptions {
  readonly folder: string;
  /** Who may log in by SCRAM-SHA-512. They may do nothing until they are given permissions. */
  readonly principals: readonly KafkaPrincipal[];
}

/** Certificates of brokers and clients name their owner only. */
const BROKER = 'broker';
export const CLUSTER_ADMIN = 'admin';

/**
 * Three brokers, which are the controllers too, as an operator would run them: TLS everywhere, SCRAM or OAUTHBEARER for who has no
 * certificate, nothing allowed that no ACL allows, three replicas of which two must have what is acknowledged.
 */
export class SecuredKafkaCluster {
  readonly authority = new CertificateAuthority();
  private readonly servers = new Map<NodeId, ServerProcess>();

  private constructor(
    private readonly options: SecuredClusterOptions,
    private readonly ports: Readonly<Record<NodeId, Ports>>,
    private readonly launch: Launch,
  ) {}

  static async start(options: SecuredClusterOptions, launch: Launch = {}): Promise<SecuredKafkaCluster> {
    const free = await freePorts(NODES.length * 4);
    const portsOf = (id: NodeId): Ports => {
      const [sasl = 0, mutual = 0, internal = 0, controller = 0] = free.slice((id - 1) * 4);
      return { sasl, mutual, internal, controller };
    };
    const ports = { 1: portsOf(1), 2: portsOf(2), 3: portsOf(3) };
    const cluster = new SecuredKafkaCluster(options, ports, launch);
    const clusterId = randomBytes(16).toString('base64url');
    await Promise.all(NODES.map((id) => cluster.prepare(id, clusterId)));
    try {
      await Promise.all(NODES.map((id) => cluster.run(id)));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where SCRAM-SHA-512 and OAUTHBEARER are spoken, over TLS. */
  get brokers(): string[] {
    return NODES.map((id) => `127.0.0.1:${this.ports[id].sasl}`);
  }

  /** Where a certificate shows who somebody is. */
  get mutualBrokers(): string[] {
    return NODES.map((id) => `127.0.0.1:${this.ports[id].mutual}`);
  }

  /** The address of one broker, as `brokers` has it. */
  async kill(broker: string): Promise<void> {
    const server = this.servers.get(this.idOf(broker));
    if (!server) throw new Error(`no broker runs at ${broker}`);
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
  }

  /** With the data that it had. */
  restart(broker: string): Promise<void> {
    return this.run(this.idOf(broker));
  }

  /** Its data is thrown away: nothing is worth a graceful end. */
  async stop(): Promise<void> {
    for (const server of this.servers.values()) {
      if (server.running) process.kill(server.pid, 'SIGKILL');
      await server.ended;
    }
  }

  private idOf(broker: string): NodeId {
    const id = NODES.find((one) => broker === `127.0.0.1:${this.ports[one].sasl}`);
    if (!id) throw new Error(`no broker of this cluster: ${broker}`);
    return id;
  }

  private folderOf(id: NodeId): string {
    return join(this.options.folder, `node-${id}`);
  }

  private async java(id: NodeId): Promise<string[]> {
    const logging = `-Dlog4j2.configurationFile=${join(this.folderOf(id), 'log4j2.properties')}`;
    // Three JVMs on the cores of one test: small, and without compiler and collector threads for machines that are not there.
    const small = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
    return [...small, logging, '-cp', join(await kafkaJars(this.launch.signal), '*')];
  }

  private async prepare(id: NodeId, clusterId: string): Promise<void> {
    const folder = this.folderOf(id);
    await mkdir(folder, { recursive: true });
    const { certificate, key } = this.authority.issue(BROKER);
    await writeFile(join(folder, 'keystore.pem'), key + certificate, { mode: 0o600 });
    await writeFile(join(folder, 'truststore.pem'), this.authority.certificate);
    await writeFile(join(folder, 'log4j2.properties'), KAFKA_LOGGING);
    const settings = join(folder, 'server.properties');
    await writeFile(settings, this.properties(id));
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings];
    const users = this.options.principals.flatMap(({ name, password }) => [
      '--add-scram',
      // fewer iterations than Kafka's default are refused
      `SCRAM-SHA-512=[name=${name},iterations=4096,password=${password}]`,
    ]);
    await promisify(execFile)('java', [...(await this.java(id)), ...format, ...users], { signal: this.launch.signal });
  }

  private async run(id: NodeId): Promise<void> {
    const folder = this.folderOf(id);
    const server = new ServerProcess(
      {
        name: `Kafka ${id}`,
        command: 'java',
        args: [...(await this.java(id)), 'kafka.Kafka', join(folder, 'server.properties')],
        cwd: folder,
        logFile: join(folder, 'broker.log'),
        stopSignal: 'SIGTERM',
      },
      this.launch,
    );
    this.servers.set(id, server);
    const tls = { ca: this.authority.certificate };
    await server.ready(() => kafkaAnswers(`127.0.0.1:${this.ports[id].sasl}`, { tls }), READY_DEADLINE_MS);
  }

  private properties(id: NodeId): string {
    const folder = this.folderOf(id);
    const { sasl, mutual, internal, controller } = this.ports[id];
    const own = `SASL://127.0.0.1:${sasl},MUTUAL://127.0.0.1:${mutual},INTERNAL://127.0.0.1:${internal}`;
    return Object.entries({
      'process.roles': 'broker,controller',
      'node.id': id,
      'controller.quorum.voters': NODES.map((one) => `${one}@127.0.0.1:${this.ports[one].controller}`).join(','),
      listeners: `${own},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': own,
      'listener.security.protocol.map': 'SASL:SASL_SSL,MUTUAL:SSL,INTERNAL:SSL,CONTROLLER:SSL',
      'inter.broker.listener.name': 'INTERNAL',
      'controller.listener.names': 'CONTROLLER',
      ...this.security(folder),
      'log.dirs': join(folder, 'data'),
      'default.replication.factor': 3,
      'min.insync.replicas': 2,
      'offsets.topic.replication.factor': 3,
      'offsets.topic.num.partitions': 4,
      'transaction.state.log.replication.factor': 3,
      'transaction.state.log.min.isr': 2,
      'group.initial.rebalance.delay.ms': 0,
      'auto.create.topics.enable': false,
      'controlled.shutdown.enable': false,
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  }

  private security(folder: string): Record<string, string> {
    return {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(folder, 'keystore.pem'),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': join(folder, 'truststore.pem'),
      'ssl.client.auth': 'required',
      'listener.name.sasl.ssl.client.auth': 'none',
      'ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1/,DEFAULT',
      'listener.name.sasl.sasl.enabled.mechanisms': 'SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.sasl.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      // Takes tokens without a signature: of Kafka's own means the one that needs no identity provider.
      'listener.name.sasl.oauthbearer.sasl.jaas.config':
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'false',
      'super.users': `User:${BROKER};User:${CLUSTER_ADMIN}`,
    };
  }
}
