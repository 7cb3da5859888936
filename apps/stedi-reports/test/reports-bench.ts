import { randomBytes, randomUUID } from 'node:crypto';
import { encodeHeaders, QUARANTINE_TOPIC, rawEventId, rawTopic, TOPICS } from '@claimwire/contracts';
import {
  applyTopics,
  BatchConsumer,
  type BatchMessage,
  createKafka,
  type KafkaHandle,
  KafkaPublisher,
} from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { createPool, type Pool } from '@claimwire/postgres';
import { createLogger, readConfig, type RunningService, startService } from '@claimwire/service-host';
import {
  buildAcknowledgmentReport,
  createTestDatabase,
  type TestDatabase,
  testKafkaBrokers,
  testTopicPrefix,
} from '@claimwire/testkit';
import { beforeEach } from 'vitest';
import { StediReportsConfig } from '../src/config.js';
import { stediReports } from '../src/service.js';

export const REPORTS = rawTopic('stedi-reports');
export const RECEIVED = '2026-01-02T03:04:05.678Z';
export const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** A 277CA report about these claims. */
export const report = (...claims: string[]): object =>
  buildAcknowledgmentReport([
    { claims: claims.map((patientControlNumber) => ({ patientControlNumber, statuses: [['A2', '20']] })) },
  ]);

const MOST_LINES = 60;
const WORTH_A_LOOK = /"level":"(info|warn|error|fatal)"/;

/** A failed test says what the services logged meanwhile: a failure that comes once in a hundred runs must explain itself. */
export function explainFailures(bench: () => ReportsBench): void {
  beforeEach(({ onTestFailed }) => {
    const { logLines } = bench();
    const from = logLines.length;
    onTestFailed(({ task }) => {
      const lines = logLines.slice(from).filter((line) => !line.startsWith('{') || WORTH_A_LOOK.test(line));
      const said = lines.slice(-MOST_LINES).map((line) => line.trimEnd());
      for (const error of task.result?.errors ?? []) error.message += `\n${said.join('\n')}`;
    });
  });
}

export const text = (message: BatchMessage, name: string): string | undefined => message.headers[name]?.toString();
export const bodyOf = (message: BatchMessage): Record<string, unknown> =>
  JSON.parse(message.value?.toString() ?? '') as Record<string, unknown>;

/** What stedi-reports lives among, for tests: real Kafka and PostgreSQL of its own, tenant "acme", what it publishes seen. */
export class ReportsBench {
  /** By transaction, and by the ce_id of the webhook. */
  private readonly claims = new Map<unknown, BatchMessage[]>();
  private readonly quarantine = new Map<unknown, BatchMessage[]>();
  readonly logLines: string[] = [];
  private readonly services = new Set<RunningService>();
  private readonly keyring = `k1:${randomBytes(32).toString('base64')}`;
  private readonly publisher: KafkaPublisher;
  private readonly spy: BatchConsumer;

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
    private readonly kafka: KafkaHandle,
    private readonly prefix: string,
    private readonly overrides: Record<string, string>,
  ) {
    this.publisher = new KafkaPublisher(kafka);
    this.spy = new BatchConsumer(kafka, {
      consumer: 'spy',
      topics: [REPORTS, QUARANTINE_TOPIC],
      handler: async ({ topic, messages }) => messages.forEach((message) => this.see(topic, message)),
      onCrash: (error) => this.logLines.push(String(error)),
    });
  }

  /** @param overrides settings of every service that is started */
  static async start(overrides: Record<string, string> = {}): Promise<ReportsBench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url, 3);
    await pool.query(`insert into tenants (id, name) values ('acme', 'Acme')`);
    const prefix = testTopicPrefix();
    const kafka = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: prefix });
    const names = [rawTopic('stedi'), REPORTS, QUARANTINE_TOPIC];
    const specs = TOPICS.filter(({ name }) => names.includes(name));
    await applyTopics(kafka, specs, { replication: 1, minInsync: 1 });
    const bench = new ReportsBench(database, pool, kafka, prefix, overrides);
    bench.spy.start();
    return bench;
  }

  /** Settings as a process gets them. */
  env(): Record<string, string> {
    return {
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.database.urlOf('stedi-reports'),
      CLAIMWIRE_KEYRING: this.keyring,
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8',
      RETRY_FIRST_MS: '100',
      RETRY_LONGEST_MS: '400',
      RETRY_MAX_AGE_MS: '3000',
      NOT_FOUND_MAX_AGE_MS: '3000',
      JOB_POLL_MS: '50',
      BACKFILL_INTERVAL_MS: '0',
      MANAGEMENT_PORT: '0',
      ...this.overrides,
    };
  }

  async startService(more: Record<string, string> = {}): Promise<RunningService> {
    const config = readConfig(StediReportsConfig, { ...this.env(), ...more });
    if (!config.ok) throw new Error(config.problems.join());
    const destination = { write: (line: string) => void this.logLines.push(line) };
    const logger = createLogger({ name: 'test', level: 'trace', destination });
    const service = await startService(stediReports, config.config, logger);
    this.services.add(service);
    return service;
  }

  async stop(): Promise<void> {
    for (const service of this.services) await service.stop();
    await this.spy.stop();
    await this.publisher.stop();
    await this.kafka.close();
    await this.pool.end();
    await this.database.drop();
  }

  /** A Stedi connection as the API stores it. @returns its id */
  async connect(settings: object): Promise<string> {
    const id = `con_${randomBytes(6).toString('hex')}`;
    await this.pool.query(
      `insert into connections (id, tenant_id, provider, name, auth, settings, sealed) values ($1, 'acme', 'stedi', 'n', '{}', '{}', $2)`,
      [id, this.seal(id, settings)],
    );
    return id;
  }

  /** Changes a connection as the API does. */
  async change(id: string, settings: object): Promise<void> {
    const sealed = this.seal(id, settings);
    await this.pool.query('update connections set sealed = $2, updated_at = now() where id = $1', [id, sealed]);
  }

  /** Puts a webhook on the raw topic as the ingress does. @returns its ce_id */
  async announce(connection: string, body: object): Promise<string> {
    const id = rawEventId('acme', 'stedi', randomUUID());
    const headers = encodeHeaders({
      id,
      source: '/ingress/stedi',
      type: 'stedi.transaction.processed.v2',
      time: RECEIVED,
      tenant: 'acme',
      connection,
      contentType: 'application/json',
      traceparent: TRACEPARENT,
    });
    const value = JSON.stringify(body);
    await this.publisher.publish({ topic: rawTopic('stedi'), key: `acme/${id}`, value, headers });
    return id;
  }

  /** The messages of a transaction's claims. */
  claimsOf(transactionId: string): BatchMessage[] {
    return this.claims.get(transactionId) ?? [];
  }

  quarantined(id: string): BatchMessage[] {
    return this.quarantine.get(id) ?? [];
  }

  async job(transactionId: string): Promise<Record<string, unknown> | undefined> {
    const { rows } = await this.pool.query<Record<string, unknown>>(
      'select * from stedi_jobs where transaction_id = $1',
      [transactionId],
    );
    return rows[0];
  }

  private see(topic: string, message: BatchMessage): void {
    const [messages, key] =
      topic === REPORTS ? [this.claims, bodyOf(message).transactionId] : [this.quarantine, text(message, 'ce_id')];
    messages.set(key, [...(messages.get(key) ?? []), message]);
  }

  private seal(id: string, settings: object): Buffer {
    const aad = { tenant: 'acme', table: 'connections', row: id, column: 'sealed' };
    return Keyring.parse(this.keyring).seal(JSON.stringify({ auth: { type: 'none' }, settings }), aad);
  }
}
