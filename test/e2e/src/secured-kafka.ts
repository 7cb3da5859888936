import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KAFKA_ACCESS, kafkaAcls } from '@claimwire/contracts';
import { createKafka, grantAcls, kafkaOptions, type KafkaHandle, type KafkaOptions } from '@claimwire/kafka';
import { CLUSTER_ADMIN, Guard, SecuredKafkaCluster } from '@claimwire/testkit';

const PROCESSES = Object.keys(KAFKA_ACCESS);
const quiet = { warn: () => undefined };
const principalOf = (process: string): string => `claimwire-${process}`;

/** Three brokers over which every process has a principal of its own, with the permissions of KAFKA_ACCESS and no more. */
export class SecuredKafka {
  private readonly handles: KafkaHandle[] = [];
  private identityProvider: Server | undefined;

  private constructor(
    readonly folder: string,
    readonly cluster: SecuredKafkaCluster,
    private readonly password: string,
    private readonly guard: Guard,
  ) {}

  static async start(): Promise<SecuredKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'claimwire-cluster-'));
    await chmod(folder, 0o755);
    const guard = new Guard(folder);
    const password = randomBytes(12).toString('hex');
    const principals = [CLUSTER_ADMIN, ...PROCESSES.map(principalOf)].map((name) => ({ name, password }));
    const cluster = await SecuredKafkaCluster.start({ folder, principals }, { onSpawn: (pid) => guard.watch(pid) });
    const secured = new SecuredKafka(folder, cluster, password, guard);
    await writeFile(secured.caFile, cluster.authority.certificate);
    return secured;
  }

  /** Gives every process its permissions on the topics and groups of a prefix. */
  async grant(topicPrefix: string): Promise<void> {
    const admin = this.handle(topicPrefix, this.as(CLUSTER_ADMIN));
    for (const [process, rights] of Object.entries(KAFKA_ACCESS)) {
      await grantAcls(admin, principalOf(process), kafkaAcls(rights, topicPrefix));
    }
  }

  /** Settings that every process has. */
  get env(): Record<string, string> {
    return {
      KAFKA_BROKERS: this.cluster.brokers.join(),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: this.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_PASSWORD: this.password,
      TOPIC_REPLICATION: '3',
      TOPIC_MIN_INSYNC_REPLICAS: '2',
    };
  }

  /** The setting that is a process's own. */
  identity(process: string): Record<string, string> {
    return { KAFKA_SASL_USERNAME: principalOf(process) };
  }

  /** How a user of SCRAM connects; a process of KAFKA_ACCESS is known as "claimwire-<process>". */
  as(username: string): Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'> {
    const { brokers, authority } = this.cluster;
    const sasl = { mechanism: 'scram-sha-512' as const, username, password: this.password };
    return { brokers, tls: { ca: authority.certificate }, sasl };
  }

  /** How a client of an identity provider connects, through the settings that an app has. */
  async withToken(process: string): Promise<Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'>> {
    this.identityProvider ??= await startIdentityProvider();
    const url = `http://127.0.0.1:${(this.identityProvider.address() as AddressInfo).port}/token`;
    const { brokers, tls, sasl } = kafkaOptions({
      KAFKA_BROKERS: this.cluster.brokers,
      KAFKA_TOPIC_PREFIX: '',
      KAFKA_CLIENT_ID: process,
      KAFKA_TLS: true,
      KAFKA_TLS_CA_FILE: this.caFile,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: url,
      KAFKA_OAUTH_CLIENT_ID: principalOf(process),
      KAFKA_OAUTH_CLIENT_SECRET: this.password,
    });
    return { brokers, tls, sasl };
  }

  /** A client that is closed with the cluster. */
  handle(topicPrefix: string, how: Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'>): KafkaHandle {
    const handle = createKafka({ clientId: 'test', topicPrefix, logger: quiet, ...how });
    this.handles.push(handle);
    return handle;
  }

  /** The broker that keeps a consumer's group, as `cluster.brokers` has it. */
  async coordinatorOf(groupId: string): Promise<string> {
    const topics = ['__consumer_offsets'];
    const admin = this.handle('', this.as(CLUSTER_ADMIN));
    const metadata = await admin.withAdmin((client) => client.fetchTopicMetadata({ topics }));
    const { partitions } = metadata.topics[0]!;
    const partition = Math.abs(javaHash(groupId)) % partitions.length;
    const leader = partitions.find(({ partitionId }) => partitionId === partition)!.leader;
    return this.cluster.brokers[leader - 1]!;
  }

  async stop(): Promise<void> {
    this.identityProvider?.close();
    await Promise.allSettled(this.handles.map((handle) => handle.close()));
    await this.cluster.stop();
    this.guard.release();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get caFile(): string {
    return join(this.folder, 'ca.pem');
  }
}

/** String.hashCode(), by which brokers spread groups. */
const javaHash = (text: string): number =>
  [...text].reduce((hash, character) => (Math.imul(hash, 31) + character.charCodeAt(0)) | 0, 0);

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Gives every client a token about itself, without a signature: what a broker without an identity provider can check. */
async function startIdentityProvider(): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    const [sub] = Buffer.from(headers.authorization!.replace('Basic ', ''), 'base64').toString().split(':');
    const now = Math.floor(Date.now() / 1_000);
    const token = `${encoded({ alg: 'none' })}.${encoded({ sub, iat: now, exp: now + 300 })}.`;
    response.end(JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 300 }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
