import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EVENTS_TOPIC, NOTICES_TOPIC } from '@claimwire/contracts';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, freePort, nodeOptions, testKafkaBrokers } from '@claimwire/testkit';
import { ROOT, ServiceProcess } from '../machine/service-process.js';
import { BenchTopics } from '../machine/topics.js';
import { postgresSeconds } from '../normalizer/database-usage.js';
import type { FanoutBenchOptions } from './options.js';
import type { Receiver } from './receiver.js';
import { insertBacklog, insertCrowd } from './seed-crowd.js';
import { insertWebhooks, planEvents, preload } from './seed.js';

export interface FanoutResult {
  deliveriesPerSecond: number;
  /** Of the process and of its database's sessions, per delivery; null where they are not on this machine. */
  cpuMicros: number | null;
  postgresMicros: number | null;
  /** The most that was seen. */
  rssMiB: number;
}

export interface CrashResult {
  /** From the restart, boot included, until the last of those had arrived that PostgreSQL held as pending by then. */
  storedSeconds: number;
  /** How many those were. */
  stored: number;
  /** From the restart until the last of all had arrived: the group waits for the dead member's session to end. */
  secondsAfterRestart: number;
  duplicatesPercent: number;
}

export interface BareResult {
  perSecond: number;
  cpuMicros: number;
}

const BARE_SECONDS = 3;
const EVENT_BYTES = 1_024;
const PATH = '/in';
const POLL_MS = 25;
const LONGEST_MS = 10 * 60_000;
const MIB = 1024 ** 2;

export async function runBare(receiver: Receiver, concurrency: number): Promise<BareResult> {
  const script = join(import.meta.dirname, 'bare-sender.js');
  const args = [script, receiver.origin, BARE_SECONDS, concurrency, EVENT_BYTES].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as BareResult;
}

/** What else is in the database. */
export type Beside = Partial<Pick<FanoutBenchOptions, 'webhooks' | 'bindings' | 'backlog'>>;

/** A fan-out with full topics and tables behind it. */
class Stage {
  private constructor(
    readonly pool: Pool,
    private readonly topics: BenchTopics,
    private readonly env: Record<string, string>,
    private readonly options: FanoutBenchOptions,
    private readonly drop: () => Promise<void>,
  ) {}

  static async build(receiver: Receiver, options: FanoutBenchOptions, beside: Beside = {}): Promise<Stage> {
    const { webhooks = 0, bindings = 0, backlog = 0 } = beside;
    const database = await createTestDatabase();
    const topics = await BenchTopics.create((name) => name === EVENTS_TOPIC || name === NOTICES_TOPIC);
    const pool = createPool(database.url, 2);
    const keyring = `k1:${randomBytes(32).toString('base64')}`;
    await insertWebhooks(pool, keyring, [{ url: `${receiver.origin}${PATH}`, concurrency: options.concurrency }]);
    await preload(pool, topics, planEvents(options.events, options.claims));
    if (webhooks > 0) await insertCrowd(pool, keyring, { webhooks, bindings });
    if (backlog > 0) await insertBacklog(pool, backlog);
    await pool.query('vacuum analyze');
    const env = {
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: topics.prefix,
      DATABASE_URL: database.url,
      CLAIMWIRE_KEYRING: keyring,
      FANOUT_REPLICA: 'bench',
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8',
    };
    return new Stage(pool, topics, env, options, () => database.drop());
  }

  async start(): Promise<ServiceProcess> {
    const port = await freePort();
    return ServiceProcess.start({
      script: 'apps/fanout/dist/main.js',
      nodeOptions: nodeOptions(ROOT, 'fanout'),
      env: { ...this.env, MANAGEMENT_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/livez`,
      profileTo: this.options.profileTo,
    });
  }

  /** Events that PostgreSQL holds as still to be delivered. */
  async unsettled(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `select event_id as id from deliveries where state = 'pending'`,
    );
    return rows.map(({ id }) => id);
  }

  /** @throws Error unless every event is delivered, by what PostgreSQL says */
  async verify(): Promise<void> {
    const isSettled = async () => {
      const { rows } = await this.pool.query<{ count: number }>(
        `select count(*)::int as count from deliveries where state = 'delivered'`,
      );
      return rows[0]?.count === this.options.events;
    };
    const until = Date.now() + LONGEST_MS;
    while (!(await isSettled())) {
      if (Date.now() > until) throw new Error('not every delivery was settled');
      await sleep(POLL_MS);
    }
  }

  async remove(): Promise<void> {
    await this.pool.end();
    await this.topics.remove();
    await this.drop();
  }
}

async function arrived(receiver: Receiver, count: number, service: ServiceProcess, look = async () => {}) {
  const until = Date.now() + LONGEST_MS;
  for (;;) {
    const { distinct } = await receiver.stats();
    await look();
    if (distinct >= count) return distinct;
    if (!service.running || Date.now() > until) throw new Error(`only ${distinct} of ${count} deliveries arrived`);
    await sleep(POLL_MS);
  }
}

async function measure(
  stage: Stage,
  service: ServiceProcess,
  receiver: Receiver,
  total: number,
): Promise<FanoutResult> {
  // Boot, the group's forming and the first compilation are left out.
  const before = await arrived(receiver, Math.ceil(total / 20), service);
  const [startedAt, used, postgres] = [performance.now(), await service.usage(), await postgresSeconds(stage.pool)];
  let rssBytes = 0;
  const look = async () => {
    rssBytes = Math.max(rssBytes, (await service.usage())?.rssBytes ?? 0);
  };
  await arrived(receiver, total, service, look);
  const seconds = (performance.now() - startedAt) / 1000;
  const [usedThen, postgresThen] = [await service.usage(), await postgresSeconds(stage.pool)];
  const perDelivery = (from: number | null | undefined, to: number | null | undefined) =>
    from == null || to == null ? null : ((to - from) * 1e6) / (total - before);
  return {
    deliveriesPerSecond: (total - before) / seconds,
    cpuMicros: perDelivery(used?.cpuSeconds, usedThen?.cpuSeconds),
    postgresMicros: perDelivery(postgres, postgresThen),
    rssMiB: rssBytes / MIB,
  };
}

/** Deliveries per second of one fan-out from a full topic, each stored, logged and in order of its claim. */
export async function runThroughput(
  receiver: Receiver,
  options: FanoutBenchOptions,
  beside: Beside = {},
): Promise<FanoutResult> {
  const stage = await Stage.build(receiver, options, beside);
  try {
    await receiver.reset();
    const service = await stage.start();
    try {
      const result = await measure(stage, service, receiver, options.events);
      await stage.verify();
      return result;
    } finally {
      await service.stop();
    }
  } finally {
    await stage.remove();
  }
}

/** SIGKILL in the middle of a burst, and a restart at once. */
export async function runCrash(receiver: Receiver, { burst, ...settings }: FanoutBenchOptions): Promise<CrashResult> {
  const claims = Math.ceil((settings.claims * burst) / settings.events);
  const options = { ...settings, burst, events: burst, claims };
  const stage = await Stage.build(receiver, options);
  try {
    await receiver.reset();
    const victim = await stage.start();
    await arrived(receiver, Math.ceil(options.events / 3), victim);
    await victim.kill();
    const stored = await stage.unsettled();
    const restartedAt = performance.timeOrigin + performance.now();
    const successor = await stage.start();
    try {
      await arrived(receiver, options.events, successor);
      await stage.verify();
      const { requests, distinct } = await receiver.stats();
      const arrivals = await receiver.arrivals();
      const last = (times: Iterable<number>) => {
        let latest = restartedAt;
        for (const at of times) latest = Math.max(latest, at);
        return (latest - restartedAt) / 1000;
      };
      return {
        storedSeconds: last(stored.map((id) => arrivals.get(`${PATH} ${id}`) ?? Infinity)),
        stored: stored.length,
        secondsAfterRestart: last(arrivals.values()),
        duplicatesPercent: (100 * (requests - distinct)) / options.events,
      };
    } finally {
      await successor.stop();
    }
  } finally {
    await stage.remove();
  }
}
