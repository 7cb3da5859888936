import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { EVENTS_TOPIC, TOPICS, type ClaimEvent } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { cairEvents, insertConnection, rawCair, shuffled, TopicCollector } from '@claimwire/testkit/pipeline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/** The killed member holds its partitions until the session times out. */
const within = { timeout: 40_000, interval: 100 };
const prefix = testTopicPrefix();
let database: TestDatabase;
let pool: Pool;
let handle: KafkaHandle;
let publisher: KafkaPublisher;
let events: TopicCollector;
let normalizer: ChildProcess | null = null;

function start(fault = ''): ChildProcess {
  normalizer = spawn(process.execPath, ['apps/normalizer/dist/main.js'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: prefix,
      DATABASE_URL: database.url,
      MANAGEMENT_PORT: '0',
      BATCH_MAX_EVENTS: '20',
      CLAIMWIRE_TEST_FAULT: fault,
    },
  });
  return normalizer;
}

beforeAll(async () => {
  await promisify(execFile)('node_modules/.bin/nx', ['build', '@claimwire/app-normalizer'], {
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
  await insertConnection(pool);
  const logger = { warn: () => undefined };
  handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: prefix, logger });
  await applyTopics(handle, TOPICS, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
  events = new TopicCollector(handle, [EVENTS_TOPIC]);
});

afterEach(async () => {
  if (normalizer?.exitCode === null && normalizer.signalCode === null) {
    normalizer.kill('SIGTERM');
    await once(normalizer, 'exit');
  }
});

afterAll(async () => {
  await Promise.all([events.stop(), publisher.stop()]);
  await handle.close();
  await pool.end();
  await database.drop();
});

const eventsOf = (name: string) =>
  [...events.byKey<ClaimEvent>()].filter(([key]) => key.includes(name)).map(([, published]) => published);
const storedOf = async (name: string) =>
  (await pool.query('select 1 from claim_events where claim_key like $1', [`%${name}%`])).rowCount;

describe.each([
  { fault: 'normalizer.before-commit', committed: false, publishedOnce: true },
  { fault: 'normalizer.after-commit', committed: true, publishedOnce: true },
  { fault: 'normalizer.after-publish', committed: true, publishedOnce: false },
])('a normaliser killed at $fault', ({ fault, committed, publishedOnce }) => {
  it('is followed by one that leaves every event on the topic, same ids and versions', async () => {
    const name = fault.replace('.', '-');
    const raw = cairEvents(5, 20).map((event) => ({ ...event, claim: `${name}-${event.claim}` }));
    const records = shuffled(raw, 11).map(rawCair);
    await publisher.publishAll(records.slice(0, raw.length / 2));
    const killed = start(fault);
    const [, signal] = (await once(killed, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    const stored = (await storedOf(name)) ?? 0;
    expect(stored > 0).toBe(committed);

    // What comes while nobody is there belongs to the next one as well.
    await publisher.publishAll(records.slice(raw.length / 2));
    start();
    await expect.poll(() => storedOf(name), within).toBe(raw.length);
    const distinct = () => new Set(eventsOf(name).flatMap((published) => published.map(({ id }) => id))).size;
    await expect.poll(distinct, within).toBe(raw.length);
    for (const published of eventsOf(name)) {
      const firstOfEach = [...new Map(published.toReversed().map((event) => [event.id, event])).values()].toReversed();
      expect(firstOfEach.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      if (publishedOnce) expect(published).toEqual(firstOfEach);
    }
  });
});
