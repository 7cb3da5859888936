import { randomBytes } from 'node:crypto';
import { TOPICS } from '@claimwire/contracts';
import { applyTopics, BatchConsumer, type BatchMessage, createKafka, type KafkaHandle } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { createPool, type Pool } from '@claimwire/postgres';
import type { Provider } from '@claimwire/provider-kit';
import { createLogger, readConfig, type RunningService, startService } from '@claimwire/service-host';
import * as testkit from '@claimwire/testkit';
import { IngressConfig } from '../src/ingress-config.js';
import { ingressService } from '../src/ingress-service.js';
import { hashToken } from '../src/load-connections.js';
import type { RawEventSink } from '../src/raw-event-sink.js';

export const TENANT = 'acme';
export const MAX_BODY_BYTES = 64 * 1024;

export interface Connected {
  id: string;
  token: string;
  /** As posted, for tpastream with the private key that signs. */
  auth: testkit.SenderAuth;
}

export interface Sending extends testkit.SignOptions {
  headers?: Record<string, string>;
  token?: string;
}

export interface Reply {
  response: Response;
  answer: { id?: string; title?: string; status?: number; detail?: string };
  /** The bytes that were sent. */
  bytes: Buffer;
}

/** Real Kafka, real PostgreSQL, real ingress processes' worth of code in this one. */
export class IngressHarness {
  readonly logLines: string[] = [];
  private readonly seen: { topic: string; message: BatchMessage }[] = [];
  private readonly running: RunningService[] = [];
  private readonly keyringText = `k1:${randomBytes(32).toString('base64')}`;
  private readonly keyring = Keyring.parse(this.keyringText);

  private constructor(
    readonly database: testkit.TestDatabase,
    readonly pool: Pool,
    private readonly prefix: string,
    private readonly kafka: KafkaHandle,
    private readonly spy: BatchConsumer,
  ) {}

  static async start(): Promise<IngressHarness> {
    const database = await testkit.createTestDatabase();
    const pool = createPool(database.url, 4);
    await pool.query('insert into tenants (id, name) values ($1, $1)', [TENANT]);
    const prefix = testkit.testTopicPrefix();
    const kafka = createKafka({ brokers: testkit.testKafkaBrokers(), clientId: 'test', topicPrefix: prefix });
    const topics = TOPICS.filter(({ name }) => /^claims\.(raw|quarantine)\./.test(name));
    await applyTopics(kafka, topics, { replication: 1, minInsync: 1 });
    const spy = new BatchConsumer(kafka, {
      consumer: 'spy',
      topics: topics.map(({ name }) => name),
      handler: async ({ topic, messages }) => void messages.forEach((message) => harness.seen.push({ topic, message })),
      onCrash: (error) => harness.logLines.push(String(error)),
    });
    const harness = new IngressHarness(database, pool, prefix, kafka, spy);
    spy.start();
    return harness;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ stop }) => stop()));
    await this.spy.stop();
    await this.kafka.close();
    await this.pool.end();
    await this.database.drop();
  }

  async connect(provider: Provider, auth: testkit.SenderAuth, settings: object = {}): Promise<Connected> {
    const id = `con_${randomBytes(6).toString('hex')}`;
    const posted = { ...auth, privateKeyPem: undefined };
    const sealed = this.seal(JSON.stringify({ auth: posted, settings }), 'connections', id);
    const insert = `insert into connections (id, tenant_id, provider, name, auth, settings, sealed) values ($1, $2, $3, 'n', '{}', '{}', $4)`;
    await this.pool.query(insert, [id, TENANT, provider.name, sealed]);
    return { id, token: await this.addToken(id), auth };
  }

  async changeAuth(connection: string, auth: testkit.SenderAuth): Promise<void> {
    const sealed = this.seal(JSON.stringify({ auth, settings: {} }), 'connections', connection);
    await this.pool.query('update connections set sealed = $2 where id = $1', [connection, sealed]);
  }

  async addToken(connection: string, notAfter: Date | null = null): Promise<string> {
    const token = randomBytes(16).toString('base64url');
    const insert = `insert into connection_tokens (token_hash, connection_id, sealed, not_after) values ($1, $2, $3, $4)`;
    const sealed = this.seal(token, 'connection_tokens', connection);
    await this.pool.query(insert, [Buffer.from(hashToken(token), 'hex'), connection, sealed, notAfter]);
    return token;
  }

  async ingress(provider: Provider, sink?: RawEventSink, env: Record<string, string> = {}): Promise<RunningService> {
    const definition = ingressService(provider, { port: 0, managementPort: 0 }, sink);
    const settings = {
      KAFKA_BROKERS: testkit.testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.database.urlOf('ingress'),
      CLAIMWIRE_KEYRING: this.keyringText,
      MAX_BODY_BYTES: String(MAX_BODY_BYTES),
      ...env,
    };
    const config = readConfig(IngressConfig, settings, definition.defaults);
    if (!config.ok) throw new Error(config.problems.join());
    const destination = { write: (line: string) => void this.logLines.push(line) };
    const logger = createLogger({ name: definition.name, level: 'trace', destination });
    const service = await startService(definition, config.config, logger);
    this.running.push(service);
    return service;
  }

  async send(
    service: RunningService,
    provider: Provider,
    to: Connected,
    body: Buffer | object,
    more: Sending = {},
  ): Promise<Reply> {
    const request = testkit.signedRequest(provider.name as testkit.ProviderName, to.auth, body, more);
    const url = `${service.url}/webhooks/${provider.name}/${more.token ?? to.token}${request.suffix}`;
    const init = { method: 'POST', headers: { ...request.headers, ...more.headers }, body: request.body };
    const response = await fetch(url, init);
    return { response, answer: (await response.json()) as Reply['answer'], bytes: request.body };
  }

  /** What the topic holds of this id so far. */
  find(topic: string, id: string | undefined): BatchMessage[] {
    return this.seen
      .filter((entry) => entry.topic === topic && headerOf(entry.message, 'ce_id') === id)
      .map((entry) => entry.message);
  }

  /** Everything on any topic that came by this connection. */
  published(connection: string): BatchMessage[] {
    return this.seen
      .map(({ message }) => message)
      .filter((message) => headerOf(message, 'claimwire-connection') === connection);
  }

  private seal(text: string, table: string, row: string): Buffer {
    return this.keyring.seal(text, { tenant: TENANT, table, row, column: 'sealed' });
  }
}

export const headerOf = (message: BatchMessage, name: string): string | undefined => message.headers[name]?.toString();
