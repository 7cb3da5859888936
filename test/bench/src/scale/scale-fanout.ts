import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { EVENTS_TOPIC, NOTICES_TOPIC } from '@claimwire/contracts';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers } from '@claimwire/testkit';
import { insertWebhooks, planEvents, publishEvents, storeEvents } from '../fanout/seed.js';
import { BenchTopics } from '../machine/topics.js';
import type { ScaleOptions } from './options.js';
import { ReplicaGroup, type ScaleResult } from './replica-group.js';

interface Stats {
  distinct: number;
  repeated: number;
  outOfOrder: number;
}

async function startReceiver(): Promise<{ child: ChildProcess; origin: string }> {
  const script = join(import.meta.dirname, 'checking-receiver.js');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, origin: `http://127.0.0.1:${line.toString().trim()}` };
}

async function run(replicas: number, options: ScaleOptions, pool: Pool, databaseUrl: string, origin: string) {
  const { webhooks, concurrency } = options;
  const events = Math.ceil(options.events / webhooks);
  const claims = Math.ceil(options.claims / webhooks);
  const keyring = `k1:${randomBytes(32).toString('base64')}`;
  const topics = await BenchTopics.create((name) => name === EVENTS_TOPIC || name === NOTICES_TOPIC);
  const stats = async () => (await (await fetch(`${origin}/stats`)).json()) as Stats;
  try {
    const destinations = Array.from({ length: webhooks }, (_, index) => ({ url: `${origin}/${index}`, concurrency }));
    await insertWebhooks(pool, keyring, destinations);
    const planned = planEvents(events, claims);
    await storeEvents(pool, planned);
    await pool.query('vacuum analyze');
    const group = await ReplicaGroup.start('fanout', replicas, (index) => ({
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: topics.prefix,
      KAFKA_CLIENT_ID: `fanout-${index}`,
      DATABASE_URL: databaseUrl,
      CLAIMWIRE_KEYRING: keyring,
      FANOUT_REPLICA: `fanout-${index}`,
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8',
    }));
    try {
      const result = await group.measure({
        total: events * webhooks,
        done: async () => (await stats()).distinct,
        begin: () => publishEvents(topics, planned),
        pool,
        metric: 'claimwire_fanout_attempts_total',
      });
      const { repeated, outOfOrder } = await stats();
      if (repeated + outOfOrder > 0) throw new Error(`${repeated} were sent twice, ${outOfOrder} out of order`);
      return result;
    } finally {
      await group.stop();
    }
  } finally {
    await topics.remove();
  }
}

/** @throws Error when something is lost, repeated or out of order */
export async function scaleFanout(replicas: number, options: ScaleOptions): Promise<ScaleResult> {
  const database = await createTestDatabase();
  const pool = createPool(database.url, 2);
  const { child, origin } = await startReceiver();
  try {
    return await run(replicas, options, pool, database.url, origin);
  } finally {
    child.kill('SIGKILL');
    await pool.end();
    await database.drop();
  }
}
