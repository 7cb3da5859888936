import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rawTopic, TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { createPool, LaneStore, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { cairEvents, insertConnection, rawCair } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashRecords } from './crash-records.js';

/** A crashed member holds its partitions until its session times out. */
const within = { timeout: 40_000, interval: 100 };
const prefix = testTopicPrefix();
let database: TestDatabase;
let pool: Pool;
let handle: KafkaHandle;
let publisher: KafkaPublisher;
let running: ChildProcess | null = null;
let output = '';

function start(): ChildProcess {
  running = spawn(process.execPath, ['apps/normalizer/dist/main.js'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: prefix,
      DATABASE_URL: database.urlOf('normalizer'),
      MANAGEMENT_PORT: '0',
    },
  });
  running.stdout?.on('data', (chunk: Buffer) => (output += String(chunk)));
  return running;
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
  await insertConnection(pool);
  handle = createKafka({
    brokers: testKafkaBrokers(),
    clientId: 'test',
    topicPrefix: prefix,
    logger: { warn: () => undefined },
  });
  await applyTopics(handle, TOPICS, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
});

afterAll(async () => {
  if (running?.exitCode === null) {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
  await publisher.stop();
  await handle.close();
  await pool.end();
  await database.drop();
});

const countOf = async (sql: string) => Number((await pool.query<{ count: string }>(sql)).rows[0]?.count);
const storedEvents = () => countOf('select count(*) from claim_events');

describe('a message that crashes the normaliser', () => {
  it('is set aside at the fourth start; everything else is stored, and its retry works once the cause is gone', async () => {
    // no code of ours expects this error: it stands for any bug
    await pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a bug'; end $$;
      create trigger refuse before insert on claim_events for each row when (new.claim_key like '%poison%')
        execute function refuse()`);
    const key = 'acme/one-partition';
    const events = cairEvents(10, 4).map(rawCair);
    const poison = { ...rawCair({ claim: 'poison', status: 'Submitted', minute: 1 }), key };
    const { partition } = await publisher.publish({ ...(events.shift() as (typeof events)[0]), key });
    await publisher.publishAll([...events.slice(0, 12), poison, ...events.slice(12)].map((e) => ({ ...e, key })));

    for (const crashes of [1, 2, 3]) {
      const [code] = (await once(start(), 'exit')) as [number];
      expect(code).toBe(1);
      const { rows } = await pool.query('select partition, crashes, error from consumer_crashes');
      expect(rows).toEqual([{ partition, crashes, error: 'P0001' }]);
    }
    output = '';
    start();
    await expect.poll(storedEvents, within).toBe(40);
    await expect.poll(() => countOf('select count(*) from quarantine'), within).toBe(1);
    const { rows } = await pool.query('select ce_id, reason, stage, source_topic, status from quarantine');
    const item = { reason: 'unknown_error', stage: 'normalise', source_topic: rawTopic('cair'), status: 'open' };
    expect(rows).toEqual([{ ce_id: poison.headers.ce_id, ...item }]);
    await expect.poll(() => countOf('select count(*) from consumer_crashes'), within).toBe(0);
    const line = output.split('\n').find((text) => text.includes('consumer.poison_isolated'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ partition, ceId: poison.headers.ce_id, code: 'P0001' });
    expect(output).not.toContain('a bug');

    await pool.query('drop trigger refuse on claim_events');
    await publisher.publish(poison);
    await expect.poll(storedEvents, within).toBe(41);
    expect(running?.exitCode).toBeNull();
  });
});

describe('crashes of a lane', () => {
  it('count where they overlap, narrowing the place, and begin anew elsewhere', async () => {
    const records = new CrashRecords(pool);
    const lane = await new LaneStore(pool).claim('normalizer', 'claims.raw.x.v1', 0, 0n);
    expect(await records.find(lane)).toBeNull();
    await records.add(lane, 10n, 20n, 'a');
    expect(await records.add(lane, 15n, 30n, 'b')).toEqual({ firstOffset: 15n, lastOffset: 20n, crashes: 2 });
    expect(await records.find(lane)).toEqual({ firstOffset: 15n, lastOffset: 20n, crashes: 2 });
    expect(await records.add(lane, 21n, 30n, 'b')).toEqual({ firstOffset: 21n, lastOffset: 30n, crashes: 1 });
    await records.forget(lane);
    expect(await records.find(lane)).toBeNull();
  });
});
