import type { TopicSpec } from '@claimwire/contracts';
import { testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyTopics, createKafka, KafkaPublisher, readMessage, type KafkaHandle } from './index.js';

const QUIET = { warn: () => undefined };
const EVENTS = 'claims.events.v1';
const SPECS: TopicSpec[] = [
  { name: EVENTS, partitions: 3, config: {} },
  { name: 'claims.raw.cair.v1', partitions: 1, config: { 'max.message.bytes': String(4 * 1024 * 1024) } },
  { name: 'small', partitions: 1, config: { 'max.message.bytes': '20000' } },
];
const record = (key: string, value: string | Buffer, topic = EVENTS) => ({ topic, key, value, headers: { n: key } });

let handle: KafkaHandle;
let publisher: KafkaPublisher;

beforeAll(async () => {
  handle = createKafka({
    brokers: testKafkaBrokers(),
    clientId: 'test',
    topicPrefix: testTopicPrefix(),
    logger: QUIET,
  });
  await applyTopics(handle, SPECS, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle);
  await publisher.start();
});

afterAll(async () => {
  await publisher.stop();
  await handle.close();
});

describe('applyTopics', () => {
  it('changes nothing the second time', async () => {
    expect(await applyTopics(handle, SPECS, { replication: 1, minInsync: 1 })).toEqual([]);
  });

  it('refuses another partition count', async () => {
    const grown = [{ name: EVENTS, partitions: 4, config: {} }];
    await expect(applyTopics(handle, grown, { replication: 1, minInsync: 1 })).rejects.toThrow(
      'has 3 partitions, not 4',
    );
  });
});

describe('KafkaHandle', () => {
  it('lets look-ups of several topics at once see their own', async () => {
    for (let round = 0; round < 10; round += 1) {
      const fresh = createKafka({
        brokers: testKafkaBrokers(),
        clientId: 'test',
        topicPrefix: handle.topic(''),
        logger: QUIET,
      });
      const offsetsOf = (name: string) => fresh.withAdmin((admin) => admin.fetchTopicOffsets(fresh.topic(name)));
      const found = await Promise.all([
        offsetsOf(EVENTS),
        fresh.partitionCount('small'),
        offsetsOf('claims.raw.cair.v1'),
        fresh.partitionCount('claims.raw.cair.v1'),
      ]);
      await fresh.close();
      expect([found[0].length, found[1], found[2].length, found[3]]).toEqual([3, 1, 1, 1]);
    }
  });
});

describe('KafkaPublisher', () => {
  it('tells where each record is, in the order published per key', async () => {
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => publisher.publish(record(`k${i % 7}`, `${i}`))),
    );
    for (let i = 7; i < results.length; i++) {
      expect(results[i]?.partition).toBe(results[i - 7]?.partition);
      expect(BigInt(results[i]?.offset ?? -1)).toBeGreaterThan(BigInt(results[i - 7]?.offset ?? 0));
    }
    const last = results.at(-1);
    const message = await readMessage(handle, EVENTS, last?.partition ?? -1, BigInt(last?.offset ?? -1));
    expect(message?.value?.toString()).toBe('1999');
    expect(message?.headers.n?.toString()).toBe('k4');
  });

  it('carries more than one record batch may hold', async () => {
    const value = Buffer.alloc(100_000, 'x');
    await publisher.publishAll(Array.from({ length: 40 }, () => record('same', value)));
  });

  it('refuses a record that no batch can hold, and only that one', async () => {
    const [before, tooLarge, after] = await Promise.allSettled([
      publisher.publish(record('k', 'before')),
      publisher.publish(record('k', Buffer.alloc(1_100_000))),
      publisher.publish(record('k', 'after')),
    ]);
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(tooLarge).toMatchObject({ status: 'rejected', reason: { code: 'record_too_large' } });
  });

  it('takes 3 MiB on a raw topic', async () => {
    const large = record('k', Buffer.alloc(3 * 1024 * 1024), 'claims.raw.cair.v1');
    await expect(publisher.publish(large)).resolves.toMatchObject({ partition: 0 });
  });

  it('finds the one record that the broker refuses, and sends its neighbours in order', async () => {
    const sizes = [9_000, 9_000, 30_000, 9_000, 9_000];
    const sent = sizes.map((size) => publisher.publish(record('k', Buffer.alloc(size), 'small')));
    const settled = await Promise.allSettled(sent);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    const offsets = settled.map((one) => (one.status === 'fulfilled' ? one.value.offset : null));
    expect(offsets).toEqual(['0', '1', null, '2', '3']);
  });

  it('times out on a topic that does not exist without holding up the others', async () => {
    const missing = publisher.publish(record('k', 'v', 'missing'), { deadlineMs: 600 });
    const refused = expect(missing).rejects.toMatchObject({ code: 'publish_timeout' });
    await publisher.publish(record('k', 'v'), { deadlineMs: 3_000 });
    await refused;
  });

  it('starts while the broker is down, and times out what nobody acknowledges', async () => {
    const nowhere = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'test', topicPrefix: '', logger: QUIET });
    const waiting = new KafkaPublisher(nowhere, { deadlineMs: 500 });
    await waiting.start();
    await expect(waiting.publish(record('k', 'v'))).rejects.toMatchObject({ code: 'publish_timeout' });
    await waiting.stop();
  });

  it('uses next to no processor while idle', async () => {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const used = process.cpuUsage(before);
    expect((used.user + used.system) / 1_000).toBeLessThan(100);
  });
});

describe('readMessage', () => {
  it('answers null for what the log does not hold', async () => {
    expect(await readMessage(handle, EVENTS, 0, 10_000_000n)).toBeNull();
  });
});
