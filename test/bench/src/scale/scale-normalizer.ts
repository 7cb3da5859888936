import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_TOPIC, type ClaimEvent } from '@claimwire/contracts';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers } from '@claimwire/testkit';
import { TopicCollector } from '@claimwire/testkit/pipeline';
import { BenchTopics } from '../machine/topics.js';
import { insertConnections, settled } from '../normalizer/normalizer-contender.js';
import { preload } from '../normalizer/run-round.js';
import { planTraffic } from '../normalizer/traffic.js';
import { verifyStored } from '../normalizer/verify-stored.js';
import type { ScaleOptions } from './options.js';
import { ReplicaGroup, type ScaleResult } from './replica-group.js';

const SHAPE = { outOfOrder: 0.2, duplicates: 0.05, seed: 1 };
const PUBLISHED_WITHIN_MS = 60_000;

/** @throws Error when a claim's versions are not 1, 2, 3, … in the order of the topic */
async function verifyOrder(topics: BenchTopics, events: number): Promise<void> {
  const collector = new TopicCollector(topics.handle, [EVENTS_TOPIC]);
  try {
    const until = Date.now() + PUBLISHED_WITHIN_MS;
    while (collector.messages.length < events && Date.now() < until) await sleep(50);
    for (const [key, published] of collector.byKey<ClaimEvent>()) {
      const wrong = published.find(({ version }, index) => version !== index + 1);
      if (wrong) throw new Error(`${key}: version ${wrong.version} is out of order`);
    }
  } finally {
    await collector.stop();
  }
}

async function run(replicas: number, { events, claims }: ScaleOptions, pool: Pool, databaseUrl: string) {
  const planned = planTraffic({ events, claims, ...SHAPE });
  const distinct = new Set(planned.map(({ claim, step }) => `${claim}#${step}`)).size;
  const topics = await BenchTopics.create();
  const env = {
    KAFKA_BROKERS: testKafkaBrokers().join(','),
    KAFKA_TOPIC_PREFIX: topics.prefix,
    DATABASE_URL: databaseUrl,
  };
  try {
    await insertConnections(pool);
    const group = await ReplicaGroup.start('normalizer', replicas, (index) => ({
      ...env,
      KAFKA_CLIENT_ID: `normalizer-${index}`,
    }));
    try {
      const result = await group.measure({
        total: planned.length,
        // Of every partition: next offsets that add up to all messages leave none out.
        done: () => settled(pool),
        begin: () => preload(topics, planned),
        pool,
        metric: 'claimwire_normalizer_messages_total',
      });
      const until = Date.now() + PUBLISHED_WITHIN_MS;
      while ((await topics.count(EVENTS_TOPIC)) < distinct && Date.now() < until) await sleep(50);
      await verifyStored(pool, planned, await topics.count(EVENTS_TOPIC));
      await verifyOrder(topics, distinct);
      return result;
    } finally {
      await group.stop();
    }
  } finally {
    await topics.remove();
  }
}

/** @throws Error when something is lost, repeated or out of order */
export async function scaleNormalizer(replicas: number, options: ScaleOptions): Promise<ScaleResult> {
  const database = await createTestDatabase();
  const pool = createPool(database.url, 2);
  try {
    return await run(replicas, options, pool, database.url);
  } finally {
    await pool.end();
    await database.drop();
  }
}
