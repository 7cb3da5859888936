import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_TOPIC, NOTICES_TOPIC } from '@claimwire/contracts';
import { KafkaPublisher } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, freePort, nodeOptions, testKafkaBrokers } from '@claimwire/testkit';
import type { Receiver } from '../fanout/receiver.js';
import { insertWebhooks, planEvents, recordOf, storeEvents } from '../fanout/seed.js';
import { now, paced } from '../latency/paced.js';
import { ROOT, ServiceProcess } from '../machine/service-process.js';
import { BenchTopics } from '../machine/topics.js';
import type { IsolationOptions } from './options.js';

const CONCURRENCY = 10;
const POLL_MS = 50;
const LONGEST_MS = 120_000;
/** Until the fan-out has heard of a change and its leases are as they will be. */
const SETTLE_MS = 2_000;
/** The first of them falls ill. */
const ILL = 'whk_0';
const pathOf = (webhook: number): string => `/in/${webhook}`;

interface Parts {
  pool: Pool;
  topics: BenchTopics;
  publisher: KafkaPublisher;
  fanout: ServiceProcess;
  drop: () => Promise<void>;
}

/** One fan-out with many webhooks that get every event; one of them can be made ill. */
export class Crowd {
  private claims = 0;

  private constructor(
    private readonly parts: Parts,
    private readonly receiver: Receiver,
    private readonly options: IsolationOptions,
  ) {}

  static async start(receiver: Receiver, options: IsolationOptions): Promise<Crowd> {
    const database = await createTestDatabase();
    const topics = await BenchTopics.create((name) => name === EVENTS_TOPIC || name === NOTICES_TOPIC);
    const pool = createPool(database.url, 2);
    const keyring = `k1:${randomBytes(32).toString('base64')}`;
    const urls = Array.from({ length: options.webhooks }, (_, at) => `${receiver.origin}${pathOf(at)}`);
    await insertWebhooks(
      pool,
      keyring,
      urls.map((url) => ({ url, concurrency: CONCURRENCY })),
    );
    const publisher = new KafkaPublisher(topics.handle);
    await publisher.start();
    const port = await freePort();
    const fanout = await ServiceProcess.start({
      script: 'apps/fanout/dist/main.js',
      nodeOptions: nodeOptions(ROOT, 'fanout'),
      env: {
        ...{ KAFKA_BROKERS: testKafkaBrokers().join(','), KAFKA_TOPIC_PREFIX: topics.prefix },
        ...{ DATABASE_URL: database.url, CLAIMWIRE_KEYRING: keyring, FANOUT_REPLICA: 'bench' },
        ...{ EGRESS_ALLOW_NETWORKS: '127.0.0.0/8', MANAGEMENT_PORT: String(port) },
      },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
    const crowd = new Crowd({ pool, topics, publisher, fanout, drop: () => database.drop() }, receiver, options);
    await sleep(SETTLE_MS);
    return crowd;
  }

  /** @param url where the one webhook sends from now on; null = where it is well @param backlog deliveries that wait there */
  async turn(url: string | null, backlog: number): Promise<void> {
    const { pool } = this.parts;
    await pool.query(`update webhooks set status = 'paused' where id = $1`, [ILL]);
    await sleep(SETTLE_MS);
    await pool.query(`delete from deliveries where webhook_id = $1`, [ILL]);
    if (backlog > 0) await this.fill(backlog);
    const target = url ?? `${this.receiver.origin}${pathOf(0)}`;
    await pool.query(`update webhooks set url = $2, status = 'active', status_since = now() where id = $1`, [
      ILL,
      target,
    ]);
    await sleep(SETTLE_MS);
    await this.receiver.reset();
  }

  /** @returns milliseconds from publishing to arrival, of every event at every other webhook */
  async measure(): Promise<number[]> {
    const { rate, seconds, webhooks } = this.options;
    const count = rate * seconds;
    const events = planEvents(count, count, this.claims);
    await storeEvents(this.parts.pool, events, this.claims);
    this.claims += count;
    const publishedAt = new Map<string, number>();
    const published: Promise<unknown>[] = [];
    await paced({ count, rate }, (at) => {
      const event = events[at];
      if (!event) return;
      publishedAt.set(event.id, now());
      published.push(this.parts.publisher.publish(recordOf(event)));
    });
    await Promise.all(published);
    const others = Array.from({ length: webhooks - 1 }, (_, at) => pathOf(at + 1));
    const keys = others.flatMap((path) => events.map(({ id }) => ({ key: `${path} ${id}`, id })));
    const arrivals = await this.allOf(keys.map(({ key }) => key));
    return keys.map(({ key, id }) => (arrivals.get(key) ?? NaN) - (publishedAt.get(id) ?? NaN));
  }

  async stop(): Promise<void> {
    const { pool, topics, publisher, fanout, drop } = this.parts;
    await fanout.stop();
    await publisher.stop();
    await pool.end();
    await topics.remove();
    await drop();
  }

  private async allOf(keys: readonly string[]): Promise<Map<string, number>> {
    const until = Date.now() + LONGEST_MS;
    for (;;) {
      const arrivals = await this.receiver.arrivals();
      const missing = keys.filter((key) => !arrivals.has(key)).length;
      if (missing === 0) return arrivals;
      if (!this.parts.fanout.running) throw new Error('the fan-out ended');
      if (Date.now() > until) throw new Error(`${missing} deliveries to the others did not arrive`);
      await sleep(POLL_MS);
    }
  }

  /** One claim each, so that nothing waits for anything but its webhook. */
  private async fill(count: number): Promise<void> {
    const { pool } = this.parts;
    await pool.query(
      `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message, lane_id, lane_seq)
       select 'evt_old_' || n, tenant_id || '/cair/old-' || n, tenant_id, 1, occurred_at, received_at, false, '{}', message, 2, n
       from (select * from claim_events limit 1) template, generate_series(1, $1) n on conflict do nothing`,
      [count],
    );
    await pool.query(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version)
       select tenant_id, $1, event_id, 'claim.updated', claim_key, version from claim_events where lane_id = 2`,
      [ILL],
    );
    await pool.query('analyze deliveries');
  }
}
