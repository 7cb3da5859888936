import { createKafka } from '@claimwire/kafka';
import { createPool } from '@claimwire/postgres';
import { Pool } from 'undici';
import { now, paced, type Load } from './paced.js';

/** Where the bare chain runs; as JSON in its first argument. */
export interface ChainSettings {
  brokers: string[];
  prefix: string;
  databaseUrl: string;
  origin: string;
  first: string;
  second: string;
}

type Step = (values: string[], keys: string[]) => Promise<void>;

const BODY = 'x'.repeat(400);
const PARTITIONS_AT_ONCE = 6;

const settings = JSON.parse(process.argv[2] ?? '{}') as ChainSettings;
const kafka = createKafka({ brokers: settings.brokers, clientId: 'chain', topicPrefix: settings.prefix });
const database = createPool(settings.databaseUrl, 10);
const receiver = new Pool(settings.origin, { connections: 64, pipelining: 1 });
const producer = kafka.producer();
await producer.connect();

const produce = (topic: string, keys: readonly string[], values: readonly string[]) =>
  producer.send({
    topic: kafka.topic(topic),
    acks: -1,
    messages: values.map((value, at) => ({ key: keys[at] ?? null, value })),
  });

async function commit(table: string, values: readonly string[]): Promise<void> {
  const client = await database.connect();
  try {
    await client.query('begin');
    await client.query(`insert into ${table} (body) select unnest($1::text[])`, [values]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function post(value: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await receiver.request({ path: '/in', method: 'POST', headers, body: value });
  await answer.body.dump();
}

/** Resolves as a member of its group. */
async function consume(topic: string, step: Step): Promise<void> {
  const consumer = kafka.consumer(kafka.groupId(`chain-${topic}`));
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topics: [kafka.topic(topic)], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch: ({ batch: { messages } }) =>
      step(
        messages.map(({ value }) => String(value)),
        messages.map(({ key }) => String(key)),
      ),
  });
  await joined;
}

await consume(settings.first, async (values, keys) => {
  await commit('chain_events', values);
  await produce(settings.second, keys, values);
});
await consume(settings.second, async (values) => {
  await commit('chain_deliveries', values);
  for (const value of values) void post(value);
});

process.on('message', (load: Load & { prefix: string }) => {
  const started: [string, number][] = [];
  void paced(load, (at) => {
    const id = `${load.prefix}${at}`;
    started.push([id, now()]);
    void produce(settings.first, [id], [JSON.stringify({ id, body: BODY })]);
  }).then(() => process.send?.(started));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
