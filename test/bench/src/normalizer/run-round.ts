import { EVENTS_TOPIC, STATE_TOPIC } from '@claimwire/contracts';
import { KafkaPublisher } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, freePorts, testKafkaBrokers } from '@claimwire/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../machine/process-usage.js';
import { ServiceProcess } from '../machine/service-process.js';
import { BenchTopics } from '../machine/topics.js';
import { CONNECTIONS, rawMessage, TENANT } from './raw-messages.js';
import type { Planned } from './traffic.js';
import { type Verified, verifyStored } from './verify-stored.js';

export interface RoundOptions {
  planned: readonly Planned[];
  /** Of the checkout whose normaliser runs. */
  root: string;
  profileTo: string | null;
}

export interface RoundResult extends Verified {
  /** From the first progress seen to the last, boot and group join left out. */
  eventsPerSecond: number;
  /** CPU time of the normaliser's process. */
  cpuSecondsPer10k: number | null;
  /** CPU time of its PostgreSQL sessions; null where the server is not on this machine. */
  postgresSecondsPer10k: number | null;
  batches: number;
  /** Messages on claims.state.v1. */
  states: number;
}

const PRELOAD_SLICE = 2_000;
const PRELOAD_DEADLINE_MS = 60_000;
const POLL_MS = 25;
const STALL_MS = 60_000;
const TEN_THOUSAND = 10_000;

/** What the ingresses left: the raw topics are full before the clock runs. */
async function preload(topics: BenchTopics, planned: readonly Planned[]): Promise<void> {
  const publisher = new KafkaPublisher(topics.handle, { deadlineMs: PRELOAD_DEADLINE_MS });
  await publisher.start();
  for (let at = 0; at < planned.length; at += PRELOAD_SLICE) {
    await publisher.publishAll(planned.slice(at, at + PRELOAD_SLICE).map(rawMessage));
  }
  await publisher.stop();
}

async function insertConnections(pool: Pool): Promise<void> {
  await pool.query('insert into tenants (id, name) values ($1, $1)', [TENANT]);
  for (const [provider, id] of Object.entries(CONNECTIONS)) {
    await pool.query(
      `insert into connections (id, tenant_id, provider, name, auth, settings, sealed)
       values ($1, $2, $3, $1, '{}', '{}', '')`,
      [id, TENANT, provider],
    );
  }
}

/** @returns how many raw messages PostgreSQL says are settled */
async function settled(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `select coalesce(sum(next_offset), 0)::text as count from consumer_lanes where consumer = 'normalizer'`,
  );
  return Number(rows[0]?.count);
}

/** @returns CPU seconds of the database's sessions so far */
async function postgresSeconds(pool: Pool): Promise<number | null> {
  const sessions = 'select pid from pg_stat_activity where datname = current_database()';
  const { rows } = await pool.query<{ pid: number }>(sessions);
  const usages = await Promise.all(rows.map(({ pid }) => usageOf(pid)));
  return usages.every((usage) => usage !== null) ? usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) : null;
}

async function batchesOf(managementUrl: string): Promise<number> {
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
  const counts = metrics.matchAll(/^claimwire_normalizer_batch_messages_count\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

interface Measured {
  pool: Pool;
  topics: BenchTopics;
  service: ServiceProcess;
  messages: number;
  /** Distinct ones. */
  events: number;
}

/** @throws Error when nothing moves for a minute */
async function waitUntil(service: ServiceProcess, done: () => Promise<boolean>, progress: () => number): Promise<void> {
  let last = { progress: progress(), at: performance.now() };
  while (!(await done())) {
    if (!service.running) throw new Error('the normaliser ended');
    if (progress() !== last.progress) last = { progress: progress(), at: performance.now() };
    if (performance.now() - last.at > STALL_MS) throw new Error('the normaliser stands still');
    await sleep(POLL_MS);
  }
}

/** The first batch is done when it is first seen: the clock starts then, with what is left. */
async function measure({ pool, topics, service, messages, events }: Measured) {
  let seen = 0;
  const look = async (): Promise<number> => (seen = await settled(pool));
  await waitUntil(
    service,
    async () => (await look()) > 0,
    () => seen,
  );
  const first = { seen, at: performance.now(), usage: await service.usage(), postgres: await postgresSeconds(pool) };
  let published = 0;
  await waitUntil(
    service,
    async () => {
      if ((await look()) < messages) return false;
      published = await topics.count(EVENTS_TOPIC);
      return published >= events;
    },
    () => seen + published,
  );
  const seconds = (performance.now() - first.at) / 1_000;
  const usage = await service.usage();
  const postgres = await postgresSeconds(pool);
  const share = (messages - first.seen) / messages;
  const per10k = (after: number | null, before: number | null): number | null =>
    after === null || before === null ? null : ((after - before) / (events * share)) * TEN_THOUSAND;
  return {
    eventsPerSecond: (events * share) / seconds,
    cpuSecondsPer10k: per10k(usage && usage.cpuSeconds, first.usage && first.usage.cpuSeconds),
    postgresSecondsPer10k: per10k(postgres, first.postgres),
  };
}

/** @throws Error when the result is not what the set says it must be */
export async function runRound({ planned, root, profileTo }: RoundOptions): Promise<RoundResult> {
  const database = await createTestDatabase();
  const topics = await BenchTopics.create();
  const pool = createPool(database.url, 2);
  const [managementPort = 0] = await freePorts(1);
  const managementUrl = `http://127.0.0.1:${managementPort}`;
  let service: ServiceProcess | null = null;
  try {
    await insertConnections(pool);
    await preload(topics, planned);
    const events = new Set(planned.map(({ claim, step }) => `${claim}#${step}`)).size;
    service = await ServiceProcess.start({
      root,
      script: 'apps/normalizer/dist/main.js',
      env: {
        KAFKA_BROKERS: testKafkaBrokers().join(','),
        KAFKA_TOPIC_PREFIX: topics.prefix,
        DATABASE_URL: database.url,
        MANAGEMENT_PORT: String(managementPort),
      },
      readyUrl: `${managementUrl}/readyz`,
      profileTo,
    });
    const speed = await measure({ pool, topics, service, messages: planned.length, events });
    const batches = await batchesOf(managementUrl);
    const verified = await verifyStored(pool, planned, await topics.count(EVENTS_TOPIC));
    return { ...speed, ...verified, batches, states: await topics.count(STATE_TOPIC) };
  } finally {
    await service?.stop();
    await pool.end();
    await topics.remove();
    await database.drop();
  }
}
