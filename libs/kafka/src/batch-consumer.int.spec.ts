import { createPool, inTransaction, LaneStore, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  applyTopics,
  BatchConsumer,
  createKafka,
  KafkaPublisher,
  type Batch,
  type BatchConsumerOptions,
  type KafkaHandle,
} from './index.js';

const within = { timeout: 20_000, interval: 25 };
let database: TestDatabase;
let pool: Pool;
let lanes: LaneStore;
let handle: KafkaHandle;
let publisher: KafkaPublisher;
let started: BatchConsumer[] = [];
let topicNumber = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
  lanes = new LaneStore(pool);
  const logger = { warn: () => undefined };
  handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: testTopicPrefix(), logger });
  publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
});

afterEach(async () => {
  await Promise.all(started.map((consumer) => consumer.stop()));
  started = [];
});

afterAll(async () => {
  await publisher.stop();
  await handle.close();
  await pool.end();
  await database.drop();
});

async function topicWith(values: string[]): Promise<string> {
  const name = `topic-${++topicNumber}`;
  await applyTopics(handle, [{ name, partitions: 1, config: {} }], { replication: 1, minInsync: 1 });
  await publish(name, values);
  return name;
}

const publish = (topic: string, values: string[]) =>
  publisher.publishAll(values.map((value) => ({ topic, key: 'k', value, headers: {} })));

function start(options: Pick<BatchConsumerOptions, 'topics' | 'handler'> & Partial<BatchConsumerOptions>) {
  const crashes: unknown[] = [];
  const consumer = new BatchConsumer(handle, {
    consumer: `of-${options.topics.join()}`,
    onCrash: (error) => crashes.push(error),
    ...options,
  });
  started.push(consumer);
  consumer.start();
  return { consumer, crashes };
}

async function createTopic(own: KafkaHandle, name: string, values: string[]): Promise<void> {
  await applyTopics(own, [{ name, partitions: 1, config: {} }], { replication: 1, minInsync: 1 });
  const sender = new KafkaPublisher(own, { deadlineMs: 10_000 });
  await sender.publishAll(values.map((value) => ({ topic: name, key: 'k', value, headers: {} })));
  await sender.stop();
}

async function inNewClients(work: (own: KafkaHandle) => Promise<unknown>): Promise<void> {
  const own = createKafka({
    brokers: testKafkaBrokers(),
    clientId: 'test',
    topicPrefix: handle.topic(''),
    logger: { warn: () => undefined },
  });
  await work(own);
  await own.close();
}

/** As an operator would with Kafka's own tools. */
const setCommitted = (topic: string, offset: string) =>
  handle.withAdmin((admin) =>
    admin.setOffsets({
      groupId: handle.groupId(`of-${topic}`),
      topic: handle.topic(topic),
      partitions: [{ partition: 0, offset }],
    }),
  );

const valuesOf = ({ messages }: Batch) => messages.map(({ value }) => value?.toString());

/** Settles a batch as every consumer with lanes does: its place moves in the transaction of its work. */
const settling = (seen: (string | undefined)[]) => async (batch: Batch) => {
  if (!batch.lane) throw new Error('no lane');
  const { lane, nextOffset } = batch;
  await inTransaction(pool, (client) => lanes.advance(client, lane, nextOffset));
  seen.push(...valuesOf(batch));
};

describe('a consumer whose place is in PostgreSQL', () => {
  it('goes on where PostgreSQL stands, whatever Kafka has committed', async () => {
    const topic = await topicWith(['a', 'b', 'c', 'd']);
    const first: (string | undefined)[] = [];
    const { consumer } = start({ topics: [topic], handler: settling(first), lanes });
    await expect.poll(() => first, within).toEqual(['a', 'b', 'c', 'd']);
    await consumer.stop();

    await publish(topic, ['e', 'f']);
    await setCommitted(topic, '6');
    const second: (string | undefined)[] = [];
    start({ topics: [topic], handler: settling(second), lanes });
    await expect.poll(() => second, within).toEqual(['e', 'f']);
  });

  it('skips what PostgreSQL has settled although Kafka delivers it', async () => {
    const topic = await topicWith(['a', 'b', 'c']);
    await lanes.claim(`of-${topic}`, topic, 0, 2n);
    const seen: (string | undefined)[] = [];
    start({ topics: [topic], handler: settling(seen), lanes });
    await expect.poll(() => seen, within).toEqual(['c']);
  });

  it('stops for a human where its place lies outside the log, and resets nothing', async () => {
    const topic = await topicWith(['a']);
    await lanes.claim(`of-${topic}`, topic, 0, 50n);
    const seen: (string | undefined)[] = [];
    const { crashes } = start({ topics: [topic], handler: settling(seen), lanes });
    await expect.poll(() => crashes, within).toMatchObject([{ code: 'lane_position' }]);
    expect(seen).toEqual([]);
    const { rows } = await pool.query('select next_offset from consumer_lanes where topic = $1', [topic]);
    expect(rows).toEqual([{ next_offset: '50' }]);
  });

  it('stops for a human where the topic was deleted and created again, though its place lies inside the log', async () => {
    const topic = `topic-${++topicNumber}`;
    // Clients that have used a topic keep asking for it: these know nothing of what came before.
    await inNewClients((own) => createTopic(own, topic, ['a', 'b']));
    const first: (string | undefined)[] = [];
    const { consumer } = start({ topics: [topic], handler: settling(first), lanes });
    await expect.poll(() => first, within).toEqual(['a', 'b']);
    await consumer.stop();

    await inNewClients((own) => own.withAdmin((admin) => admin.deleteTopics({ topics: [own.topic(topic)] })));
    await expect.poll(() => handle.topicId(topic), within).toBeNull();
    await inNewClients((own) => createTopic(own, topic, ['x', 'y', 'z']));
    const second: (string | undefined)[] = [];
    const { crashes } = start({ topics: [topic], handler: settling(second), lanes });
    await expect
      .poll(() => crashes, within)
      .toMatchObject([{ message: expect.stringContaining('created again') as string }]);
    expect(second).toEqual([]);
  });

  it('stops for a human where the database was restored from an older backup', async () => {
    const topic = await topicWith(['a', 'b', 'c']);
    const first: (string | undefined)[] = [];
    const { consumer } = start({ topics: [topic], handler: settling(first), lanes });
    await expect.poll(() => first, within).toEqual(['a', 'b', 'c']);
    await consumer.stop();

    await pool.query('update consumer_lanes set next_offset = 1 where topic = $1', [topic]);
    const second: (string | undefined)[] = [];
    const { crashes } = start({ topics: [topic], handler: settling(second), lanes });
    await expect
      .poll(() => crashes, within)
      .toMatchObject([{ message: expect.stringContaining('older backup') as string }]);
    expect(second).toEqual([]);
  });

  it('gives up a batch that another process took over, and gets it again after asking the group', async () => {
    const topic = await topicWith(['a']);
    const seen: (string | undefined)[] = [];
    let attempts = 0;
    const { crashes } = start({
      topics: [topic],
      lanes,
      handler: async (batch) => {
        attempts += 1;
        if (attempts === 1) await lanes.claim(`of-${topic}`, topic, 0, 0n);
        await settling(seen)(batch);
      },
    });
    await expect.poll(() => seen, within).toEqual(['a']);
    expect(attempts).toBe(2);
    expect(crashes).toEqual([]);
  });
});

describe('a consumer that fetches ahead', () => {
  it('handles what comes on one partition while another is still being handled', async () => {
    const slow = await topicWith(['first']);
    const quick = await topicWith([]);
    const seen: (string | undefined)[] = [];
    const settle = settling(seen);
    const handler = async (batch: Batch) => {
      if (valuesOf(batch).includes('slow')) {
        await publish(quick, ['quick']);
        await expect.poll(() => seen, within).toContain('quick');
      }
      await settle(batch);
    };
    const options = { lanes, fetchAhead: true, concurrency: 2, handler };
    const { crashes, consumer } = start({ topics: [slow, quick], ...options });
    // Until every lane is claimed and sought, what was fetched may come twice, and waits for itself.
    await expect.poll(() => [consumer.readiness(), ...seen], within).toEqual([true, 'first']);
    await publish(slow, ['slow']);
    await expect.poll(() => seen, within).toEqual(['first', 'quick', 'slow']);
    expect(crashes).toEqual([]);
  });

  it('has what was given up again before anything that was fetched behind it', async () => {
    const topic = await topicWith([]);
    const values = Array.from({ length: 12 }, (_, index) => String(index));
    for (const value of values) await publish(topic, [value]);
    const seen: (string | undefined)[] = [];
    const settle = settling(seen);
    const tried: (string | undefined)[] = [];
    const handler = async (batch: Batch) => {
      const [value] = valuesOf(batch);
      const isFirst = !tried.includes(value);
      tried.push(value);
      // By then the message behind it has been fetched.
      if (isFirst && ['2', '3', '7'].includes(value ?? '')) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        await lanes.claim(`of-${topic}`, topic, 0, 0n);
      }
      await settle(batch);
    };
    // One message in a fetch: each was published by itself.
    const { crashes } = start({ topics: [topic], lanes, fetchAhead: true, fetchBytes: 1, handler });
    await expect.poll(() => seen, within).toEqual(values);
    expect(tried).toHaveLength(values.length + 3);
    expect(crashes).toEqual([]);
  });

  it('crashes for an unknown error, with nothing behind it handled', async () => {
    const topic = await topicWith(['a']);
    await publish(topic, ['b']);
    const seen: (string | undefined)[] = [];
    const handler = async (batch: Batch) => {
      seen.push(...valuesOf(batch));
      throw new Error('bug');
    };
    const { crashes } = start({ topics: [topic], lanes, fetchAhead: true, fetchBytes: 1, handler });
    await expect.poll(() => crashes, within).toHaveLength(1);
    expect(seen).toEqual(['a']);
    const { rows } = await pool.query('select next_offset from consumer_lanes where topic = $1', [topic]);
    expect(rows).toEqual([{ next_offset: '0' }]);
  });
});

describe('a handler that fails', () => {
  it('crashes the consumer for an unknown error, with nothing committed', async () => {
    const topic = await topicWith(['a', 'b']);
    const { crashes, consumer } = start({
      topics: [topic],
      handler: async () => {
        throw new Error('bug');
      },
    });
    await expect.poll(() => crashes, within).toHaveLength(1);
    expect(consumer.liveness()).not.toBe(true);
    await consumer.stop();
    const seen: (string | undefined)[] = [];
    start({ topics: [topic], handler: async (batch) => void seen.push(...valuesOf(batch)) });
    await expect.poll(() => seen, within).toEqual(['a', 'b']);
  });

  it('is tried again for an outage, longer than the session lasts, without losing the partition', async () => {
    const topic = await topicWith(['a']);
    const down = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const until = performance.now() + 7_500;
    const seen: (string | undefined)[] = [];
    const { crashes, consumer } = start({
      topics: [topic],
      handler: async (batch) => {
        if (performance.now() < until) throw down;
        seen.push(...valuesOf(batch));
      },
    });
    await expect.poll(() => consumer.readiness(), within).toBe('waiting for a store or the broker');
    await expect.poll(() => seen, within).toEqual(['a']);
    expect(consumer.readiness()).toBe(true);
    expect(crashes).toEqual([]);
  });
});

describe('a consumer', () => {
  it('hands over at most so many messages at once, in order', async () => {
    const topic = await topicWith(Array.from({ length: 25 }, (_, index) => String(index)));
    const batches: (string | undefined)[][] = [];
    start({ topics: [topic], maxMessages: 10, handler: async (batch) => void batches.push(valuesOf(batch)) });
    await expect.poll(() => batches.flat(), within).toEqual(Array.from({ length: 25 }, (_, index) => String(index)));
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(10);
  });

  it('waits for a topic that is not there yet', async () => {
    const topic = `topic-${topicNumber + 1}`;
    const seen: (string | undefined)[] = [];
    const { crashes } = start({ topics: [topic], handler: async (batch) => void seen.push(...valuesOf(batch)) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await topicWith(['a']);
    await expect.poll(() => seen, within).toEqual(['a']);
    expect(crashes).toEqual([]);
  });

  it('keeps trying while the broker is down, and can be stopped meanwhile', async () => {
    const logger = { warn: () => undefined };
    const nowhere = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'test', topicPrefix: '', logger });
    const crashes: unknown[] = [];
    const onCrash = (error: unknown) => crashes.push(error);
    const consumer = new BatchConsumer(nowhere, {
      consumer: 'x',
      topics: ['t'],
      handler: async () => undefined,
      onCrash,
    });
    consumer.start();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(consumer.readiness()).not.toBe(true);
    expect(consumer.liveness()).toBe(true);
    await consumer.stop();
    expect(crashes).toEqual([]);
  });
});
