import { CONSUMERS, EVENTS_TOPIC, TOPICS } from '@claimwire/contracts';
import {
  applyTopics,
  BatchConsumer,
  createKafka,
  type KafkaHandle,
  KafkaPublisher,
  type LaneBatch,
  logRanges,
} from '@claimwire/kafka';
import { createPool, inTransaction, LaneStore, type Pool } from '@claimwire/postgres';
import {
  createTestDatabase,
  runKafkaCommand,
  type TestDatabase,
  testKafkaBrokers,
  testTopicPrefix,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.js';

const prefix = testTopicPrefix();
let database: TestDatabase;
let pool: Pool;
let kafka: KafkaHandle;
let publisher: KafkaPublisher;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
  const logger = { warn: () => undefined };
  kafka = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: prefix, logger });
  await applyTopics(kafka, TOPICS, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(kafka, { deadlineMs: 20_000 });
  await publish(40);
  await consumeAll();
  api = await startTestApi({
    DATABASE_URL: database.urlOf('api'),
    KAFKA_BROKERS: testKafkaBrokers().join(),
    KAFKA_TOPIC_PREFIX: prefix,
    LAG_INTERVAL_MS: '200',
    LAG_TOP_WEBHOOKS: '1',
  });
});
afterAll(async () => {
  await api?.stop();
  await publisher.stop();
  await kafka.close();
  await pool.end();
  await database.drop();
});

const publish = (count: number) =>
  publisher.publishAll(
    Array.from({ length: count }, (_, index) => ({
      topic: EVENTS_TOPIC,
      key: `k${index}`,
      value: '{}',
      headers: {},
    })),
  );

/** Messages on the topic: a send whose answer was late is repeated, so there can be more than were published. */
async function logEnd(): Promise<bigint> {
  return [...(await logRanges(kafka, EVENTS_TOPIC)).values()].reduce((sum, { high }) => sum + high, 0n);
}

/** As fan-out does: a batch and the place behind it are one transaction. It dies with its work done. */
async function consumeAll(): Promise<void> {
  const end = await logEnd();
  const lanes = new LaneStore(pool);
  const all = Promise.withResolvers<void>();
  let settled = 0n;
  const consumer = new BatchConsumer(kafka, {
    consumer: 'fanout',
    topics: CONSUMERS.fanout,
    lanes,
    handler: async (batch) => {
      const { lane, nextOffset, messages } = batch as LaneBatch;
      await inTransaction(pool, (client) => lanes.advance(client, lane, nextOffset));
      settled += BigInt(messages.length);
      if (settled === end) all.resolve();
    },
    onCrash: all.reject,
  });
  consumer.start();
  await all.promise;
  await consumer.stop();
}

/** Of one metric: its value by labels. */
async function metric(name: string, labels: Record<string, string>): Promise<number[]> {
  const text = await (await fetch(`${api.managementUrl}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .filter((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
    .map((line) => Number(line.split(' ').at(-1)));
}
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const fanout = { consumergroup: `${prefix}claimwire-fanout`, topic: `${prefix}${EVENTS_TOPIC}` };

describe('the lag of a consumer that is dead', () => {
  let waiting: number;

  it('is what the broker itself says of its group, partition by partition', async () => {
    const settled = await logEnd();
    await publish(7);
    waiting = Number((await logEnd()) - settled);
    await expect.poll(async () => sum(await metric('kafka_consumergroup_lag', fanout))).toBe(waiting);
    const table = await runKafkaCommand('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      ...['--bootstrap-server', testKafkaBrokers().join(), '--describe', '--group', fanout.consumergroup],
    ]);
    const rows = table
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, topic]) => topic === fanout.topic);
    // A partition on which nothing was settled has no committed offset, and "-" for its lag.
    const theirs = rows.filter((row) => /^\d+$/.test(row[5] ?? ''));
    expect(theirs.length).toBeGreaterThan(0);
    for (const [, , partition = '', offset, end, lag] of theirs) {
      const place = { ...fanout, partition };
      expect(await metric('kafka_consumergroup_current_offset', place)).toEqual([Number(offset)]);
      expect(await metric('kafka_topic_partition_current_offset', { topic: fanout.topic, partition })).toEqual([
        Number(end),
      ]);
      expect(await metric('kafka_consumergroup_lag', place)).toEqual([Number(lag)]);
    }
  });

  it('has an age, which an idle topic has not', async () => {
    await expect
      .poll(async () => Math.max(...(await metric('kafka_consumergroup_lag_seconds', fanout))))
      .toBeGreaterThan(1);
    const idle = { consumergroup: `${prefix}claimwire-normalizer` };
    expect(new Set(await metric('kafka_consumergroup_lag_seconds', idle))).toEqual(new Set([0]));
    expect(await metric('kafka_consumergroup_lag', idle)).toHaveLength(6 * CONSUMERS.normalizer.length);
  });

  it('keeps counting what retention removed, and gives the age of what is left', async () => {
    await kafka.withAdmin(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(fanout.topic);
      await admin.deleteTopicRecords({
        topic: fanout.topic,
        partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })),
      });
    });
    await expect.poll(async () => Math.max(...(await metric('kafka_consumergroup_lag_seconds', fanout)))).toBe(0);
    expect(sum(await metric('kafka_consumergroup_lag', fanout))).toBe(waiting);
  });
});

describe('the backlog of fan-out', () => {
  it('is told by the status of the webhooks, and for the webhook that has most by its id', async () => {
    const key = await api.createTenant('acme');
    const set = await api.call('POST', '/v1/credential-sets', { key, body: { name: 'none', type: 'none' } });
    const webhooks: string[] = [];
    for (const [index, depth] of [5, 3].entries()) {
      const { body } = await api.call('POST', '/v1/webhooks', {
        key,
        body: { name: `w${index}`, url: 'https://example.org/in', credentialSetId: set.body.id },
      });
      webhooks.push(body.id);
      await pool.query(
        `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, next_attempt_at)
         select 'acme', $1, 'e' || n, 'claim.status_changed', 'k' || n, 1, now() - interval '1 minute'
         from generate_series(1, $2::int) n`,
        [body.id, depth],
      );
    }
    await pool.query(`update webhooks set status = 'paused' where id = $1`, [webhooks[1]]);
    await expect.poll(() => metric('claimwire_fanout_backlog', { status: 'paused' })).toEqual([3]);
    expect(await metric('claimwire_fanout_backlog', { status: 'active' })).toEqual([5]);
    expect(await metric('claimwire_webhooks', { status: 'paused' })).toEqual([1]);
    const [oldest = 0] = await metric('claimwire_fanout_backlog_oldest_seconds', { status: 'active' });
    expect(oldest).toBeGreaterThanOrEqual(60);
    expect(await metric('claimwire_fanout_webhook_backlog', { webhook: webhooks[0] ?? '' })).toEqual([5]);
    expect(await metric('claimwire_fanout_webhook_backlog', { webhook: webhooks[1] ?? '' })).toEqual([]);
  });
});
