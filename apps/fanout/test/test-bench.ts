import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimEvent } from '@claimwire/contracts';
import { encodeHeaders, EVENTS_TOPIC, NOTICES_TOPIC, TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher } from '@claimwire/kafka';
import type { KafkaHandle } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { createPool } from '@claimwire/postgres';
import type { Pool } from '@claimwire/postgres';
import { readConfig, startService } from '@claimwire/service-host';
import type { RunningService } from '@claimwire/service-host';
import { generateWebhookSecret } from '@claimwire/signing';
import { FanoutConfig } from '../src/config.js';
import { service } from '../src/service.js';

export const TENANT = 'demo';

export interface BenchDatabase {
  url: string;
  /** As the role of an app; absent where there are none. */
  urlOf?: (app: string) => string;
  drop(): Promise<void>;
}

/** What the bench needs of @claimwire/testkit; a test hands it over, since an app may not depend on it. */
export interface Testkit {
  createTestDatabase(): Promise<BenchDatabase>;
  testKafkaBrokers(): string[];
  testTopicPrefix(): string;
}

export interface WebhookOptions {
  url: string;
  concurrency?: number;
  timeoutMs?: number;
  ordering?: 'per_claim' | 'unordered' | 'latest_only';
  retryPolicy?: object;
  eventType?: string;
  signing?: object;
  credentials?: { type: string; [field: string]: unknown };
  filters?: object;
  /** A new one unless told. */
  secret?: string;
}

export interface TestWebhook {
  id: string;
  secret: string;
}

/** Until `check` holds; a test that waits for nothing fails with what it waited for. */
export async function eventually(what: string, check: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const until = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}

/** Real Kafka and PostgreSQL with what the API and the normaliser would have written, and replicas in this process. */
export class TestBench {
  private readonly replicas: RunningService[] = [];
  private events = 0;

  private constructor(
    private readonly brokers: string[],
    private readonly database: BenchDatabase,
    readonly pool: Pool,
    private readonly kafka: KafkaHandle,
    private readonly publisher: KafkaPublisher,
    private readonly prefix: string,
    private readonly keyring: Keyring,
    private readonly keyringText: string,
  ) {}

  static async open(testkit: Testkit): Promise<TestBench> {
    const database = await testkit.createTestDatabase();
    const prefix = testkit.testTopicPrefix();
    const brokers = testkit.testKafkaBrokers();
    const kafka = createKafka({ brokers, clientId: 'fanout-test', topicPrefix: prefix });
    const wanted = TOPICS.filter(({ name }) => name === EVENTS_TOPIC || name === NOTICES_TOPIC);
    await applyTopics(kafka, wanted, { replication: 1, minInsync: 1 });
    const publisher = new KafkaPublisher(kafka);
    await publisher.start();
    const pool = createPool(database.url, 4);
    const keyringText = `k1:${randomBytes(32).toString('base64')}`;
    await pool.query(`insert into tenants (id, name) values ($1, $1)`, [TENANT]);
    return new TestBench(brokers, database, pool, kafka, publisher, prefix, Keyring.parse(keyringText), keyringText);
  }

  /** Settings of a replica, also for one that runs as its own process. */
  env(replica: string): Record<string, string> {
    return {
      KAFKA_BROKERS: this.brokers.join(','),
      KAFKA_TOPIC_PREFIX: this.prefix,
      KAFKA_CLIENT_ID: replica,
      DATABASE_URL: this.database.urlOf?.('fanout') ?? this.database.url,
      CLAIMWIRE_KEYRING: this.keyringText,
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'warn',
      FANOUT_REPLICA: replica,
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8',
      FANOUT_LEASE_SECONDS: '6',
    };
  }

  async startReplica(name: string): Promise<RunningService> {
    const read = readConfig(FanoutConfig, this.env(name));
    if (!read.ok) throw new Error(read.problems.join('; '));
    const replica = await startService(service, read.config);
    this.replicas.push(replica);
    return replica;
  }

  async createWebhook(options: WebhookOptions): Promise<TestWebhook> {
    const id = `whk_${randomBytes(6).toString('hex')}`;
    const { secret = generateWebhookSecret() } = options;
    const place = (table: string, row: string, column: string) => ({ tenant: TENANT, table, row, column });
    const set = `crd_${id}`;
    const { credentials = { type: 'none' } } = options;
    await this.pool.query(
      `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ($1, $2, $1, $3, '{}', $4)`,
      [
        set,
        TENANT,
        credentials.type,
        this.keyring.seal(JSON.stringify(credentials), place('credential_sets', set, 'sealed')),
      ],
    );
    const sealed = this.keyring.seal(
      JSON.stringify({ secrets: [{ value: secret }] }),
      place('webhooks', id, 'signing_sealed'),
    );
    await this.pool.query(
      `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
         ordering, signing, signing_sealed, payload)
       values ($1, $2, $1, 'POST', $3, $4, $5, $6, $7, $8, $9, $10, 'full')`,
      [
        id,
        TENANT,
        options.url,
        set,
        options.concurrency ?? 4,
        options.timeoutMs ?? 2_000,
        JSON.stringify(options.retryPolicy ?? { type: 'fixed', retries: 4, delaySeconds: 0.2 }),
        options.ordering ?? 'per_claim',
        JSON.stringify(options.signing ?? { type: 'standard_webhooks' }),
        sealed,
      ],
    );
    await this.bind(id, options);
    return { id, secret };
  }

  /** As the API does with the first webhook that signs by JWT. */
  async createSigningKey(kid: string, privatePem: string, signsFrom = new Date()): Promise<void> {
    const sealed = this.keyring.seal(privatePem, { tenant: TENANT, table: 'signing_keys', row: kid, column: 'sealed' });
    await this.pool.query(
      `insert into signing_keys (kid, tenant_id, public_jwk, sealed, signs_from) values ($1, $2, '{}', $3, $4)`,
      [kid, TENANT, sealed, signsFrom],
    );
  }

  async bind(webhookId: string, { eventType = '*', filters = {} }: Partial<WebhookOptions> = {}): Promise<void> {
    await this.pool.query(
      `insert into bindings (id, tenant_id, webhook_id, event_type, filters) values ($1, $2, $3, $4, $5)`,
      [`bnd_${randomBytes(6).toString('hex')}`, TENANT, webhookId, eventType, JSON.stringify(filters)],
    );
  }

  /** Stores the next event of a claim as the normaliser does. */
  async storeEvent(claimId: string, version: number, more: Partial<ClaimEvent> = {}): Promise<ClaimEvent> {
    const event = claimEvent(claimId, version, more);
    this.events += 1;
    await this.pool.query(
      `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
         lane_id, lane_seq) values ($1, $2, $3, $4, $5, $6, false, '{}', $7, 1, $8)`,
      [
        event.id,
        event.claimKey,
        TENANT,
        version,
        event.occurredAt,
        event.receivedAt,
        JSON.stringify(event),
        this.events,
      ],
    );
    return event;
  }

  async publish(...events: ClaimEvent[]): Promise<void> {
    await this.publisher.publishAll(
      events.map((event) => ({
        topic: EVENTS_TOPIC,
        key: event.claimKey,
        value: JSON.stringify(event),
        headers: encodeHeaders({
          id: event.id,
          source: 'claimwire/normalizer',
          type: event.type,
          time: event.receivedAt,
          tenant: TENANT,
          connection: event.cause.connection,
          contentType: 'application/json',
        }),
      })),
    );
  }

  /** Stores and publishes the next event of a claim. */
  async emit(claimId: string, version: number, more: Partial<ClaimEvent> = {}): Promise<ClaimEvent> {
    const event = await this.storeEvent(claimId, version, more);
    await this.publish(event);
    return event;
  }

  /** As the API's replay of one event does: the same event once more, marked. */
  async replay(webhookId: string, eventId: string): Promise<void> {
    await this.pool.query(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
       select tenant_id, webhook_id, event_id, event_type, claim_key, version, $3 from deliveries
       where webhook_id = $1 and event_id = $2 and replay_id = ''`,
      [webhookId, eventId, `rpl_${randomBytes(6).toString('hex')}`],
    );
    await this.pool.query(`select pg_notify('deliveries', $1)`, [webhookId]);
  }

  /** Number of a webhook's deliveries by state. */
  async states(webhookId: string): Promise<Record<string, number>> {
    const { rows } = await this.pool.query<{ state: string; count: number }>(
      `select state, count(*)::int from deliveries where webhook_id = $1 group by state`,
      [webhookId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** Until a webhook's deliveries are in these states, and no others. */
  async settled(webhookId: string, states: Record<string, number>, ms?: number): Promise<void> {
    const wanted = JSON.stringify(Object.entries(states).sort());
    const are = async () => JSON.stringify(Object.entries(await this.states(webhookId)).sort()) === wanted;
    await eventually(`the deliveries are ${wanted}`, are, ms);
  }

  async webhookStatus(webhookId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ status: string }>(`select status from webhooks where id = $1`, [
      webhookId,
    ]);
    return rows[0]?.status;
  }

  /** As the API's reauthorize and resume do. */
  async activate(webhookId: string): Promise<void> {
    await this.pool.query(`update webhooks set status = 'active', status_since = now() where id = $1`, [webhookId]);
  }

  async stopReplicas(): Promise<void> {
    await Promise.all(this.replicas.splice(0).map(({ stop }) => stop()));
  }

  async close(): Promise<void> {
    await this.stopReplicas();
    await this.publisher.stop();
    await this.kafka.close();
    await this.pool.end();
    await this.database.drop();
  }
}

function claimEvent(claimId: string, version: number, more: Partial<ClaimEvent>): ClaimEvent {
  const at = new Date(Date.UTC(2025, 2, 11, 14, 0, version)).toISOString();
  return {
    id: `evt_${claimId}_${version}`,
    type: 'claim.status_changed',
    tenant: TENANT,
    claimKey: `${TENANT}/cair/${claimId}`,
    version,
    attempt: 1,
    status: 'submitted',
    previousStatus: null,
    late: false,
    flags: [],
    occurredAt: at,
    receivedAt: at,
    cause: {
      provider: 'cair',
      connection: 'con_1',
      event: 'CLAIM_STATUS_CHANGE',
      status: 'submitted',
      reportedBy: null,
      transaction: null,
      partnership: null,
      environment: 'production',
      reasons: [],
    },
    amounts: { currency: 'USD', billed: null, allowed: null, approved: null, paid: null, patientResponsibility: null },
    payment: null,
    lines: [],
    serviceDates: null,
    aliases: [],
    raw: { topic: 'claims.raw.cair.v1', partition: 0, offset: '0', sha256: '' },
    ...more,
  };
}
