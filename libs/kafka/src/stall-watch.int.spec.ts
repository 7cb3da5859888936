import { setTimeout as sleep } from 'node:timers/promises';
import { HealthRegistry, startManagementServer, type ManagementServer } from '@claimwire/service-host';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { applyTopics, BatchConsumer, createKafka, KafkaPublisher, stallWatch, type KafkaHandle } from './index.js';

const within = { timeout: 40_000, interval: 100 };
/** Nobody listens there. */
const NOWHERE = '127.0.0.1:9';
const logger = { warn: () => undefined };
let database: TestDatabase;
let handle: KafkaHandle;
let away: KafkaHandle;
let letGo: () => void = () => undefined;
let consumer: BatchConsumer;
let management: ManagementServer;
let number = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { clientId: 'test', topicPrefix: testTopicPrefix(), logger };
  handle = createKafka({ ...options, brokers: testKafkaBrokers() });
  away = createKafka({ ...options, brokers: [NOWHERE] });
  const health = new HealthRegistry();
  health.addLiveness('consumers', () => consumer.liveness());
  management = await startManagementServer({ host: '127.0.0.1', port: 0, health, registry: new Registry() });
});

afterEach(async () => {
  letGo();
  await consumer.stop();
});

afterAll(async () => {
  await management.close();
  // `away` never connected to anything: closing it would wait for its retries.
  await handle.close();
  await database.drop();
});

/** What Kubernetes asks. */
async function livez(): Promise<string> {
  const answer = await fetch(`${management.url}/livez`);
  return `${answer.status} ${await answer.text()}`;
}
const LIVE = '200 {"ok":true,"checks":{"consumers":"ok"}}';

/** A consumer whose handler has a batch and does not return before `letGo`. */
async function stuck(watched: KafkaHandle, url: string) {
  const topic = `stall-${++number}`;
  await applyTopics(handle, [{ name: topic, partitions: 1, config: {} }], { replication: 1, minInsync: 1 });
  const publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
  await publisher.publishAll([{ topic, key: 'k', value: 'v', headers: {} }]);
  await publisher.stop();
  const returns = Promise.withResolvers<void>();
  letGo = returns.resolve;
  const watch = stallWatch(watched, { DATABASE_URL: url, DATABASE_POOL_SIZE: 1, LIVENESS_STALL_MS: 50 });
  let asked = 0;
  const storesAnswer = async () => watch.storesAnswer().finally(() => (asked += 1));
  let begun = false;
  const handler = async () => {
    begun = true;
    await returns.promise;
  };
  const stall = { ...watch, storesAnswer };
  consumer = new BatchConsumer(handle, { consumer: topic, topics: [topic], handler, stall, onCrash: () => undefined });
  consumer.start();
  await expect.poll(() => begun, within).toBe(true);
  return () => asked;
}

it('a handler that does not return is a stall while broker and database answer, until it returns', async () => {
  await stuck(handle, database.url);
  await expect.poll(livez, within).toMatch(/^503 .*stands still/);
  letGo();
  await expect.poll(livez, within).toBe(LIVE);
});

it.each([
  ['broker', () => away, () => database.url],
  ['database', () => handle, () => `postgres://nobody@${NOWHERE}/none`],
])('a handler that does not return while the %s is away is none', async (_, watched, url) => {
  const asked = await stuck(watched(), url());
  const seen = new Set<string>();
  while (asked() < 1) {
    seen.add(await livez());
    await sleep(20);
  }
  seen.add(await livez());
  expect([...seen]).toEqual([LIVE]);
});
