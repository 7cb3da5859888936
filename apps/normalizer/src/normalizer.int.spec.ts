import { claimState, foldClaim, type ClaimFact } from '@claimwire/claim';
import {
  encodeHeaders,
  EVENTS_TOPIC,
  QUARANTINE_TOPIC,
  STATE_TOPIC,
  TOPICS,
  type ClaimEvent,
  type ClaimState,
} from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createLogger, readConfig, startService, type RunningService } from '@claimwire/service-host';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import {
  cairEvents,
  CONNECTION,
  insertConnection,
  rawCair,
  rawCairBody,
  shuffled,
  TENANT,
  TopicCollector,
} from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NormalizerConfig } from './config.js';
import { service } from './service.js';

const prefix = testTopicPrefix();
const within = { timeout: 30_000, interval: 50 };
let database: TestDatabase;
let pool: Pool;
let handle: KafkaHandle;
let publisher: KafkaPublisher;
let events: TopicCollector;
let states: TopicCollector;
const running: RunningService[] = [];

async function startNormalizer(): Promise<RunningService> {
  const read = readConfig(NormalizerConfig, {
    KAFKA_BROKERS: testKafkaBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    DATABASE_URL: database.urlOf('normalizer'),
    MANAGEMENT_PORT: '0',
    BATCH_MAX_EVENTS: '50',
  });
  if (!read.ok) throw new Error(read.problems.join());
  const started = await startService(service, read.config, createLogger({ name: 'normalizer', level: 'error' }));
  running.push(started);
  return started;
}

const untilReady = (url: string) =>
  vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), within);
const countOf = async (sql: string) => Number((await pool.query<{ count: string }>(sql)).rows[0]?.count);
const storedEvents = () => countOf('select count(*) from claim_events');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 3);
  await insertConnection(pool);
  const logger = { warn: () => undefined };
  handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: prefix, logger });
  await applyTopics(handle, TOPICS, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
  events = new TopicCollector(handle, [EVENTS_TOPIC]);
  states = new TopicCollector(handle, [STATE_TOPIC]);
  const { managementUrl } = await startNormalizer();
  await untilReady(managementUrl);
});

afterAll(async () => {
  await Promise.all([...running.map(({ stop }) => stop()), events.stop(), states.stop(), publisher.stop()]);
  await handle.close();
  await pool.end();
  await database.drop();
});

/** Every stored event is published once as the next version of its claim, and the state is the fold of all. */
async function expectEverythingPublished(): Promise<void> {
  const stored = await pool.query<{ claim_key: string; fact: ClaimFact; version: number; message: string }>(
    'select claim_key, fact, version, message from claim_events order by claim_key, version',
  );
  await expect.poll(() => events.messages.length, within).toBeGreaterThanOrEqual(stored.rows.length);
  const published = events.byKey<ClaimEvent>();
  for (const [claimKey, rows] of Map.groupBy(stored.rows, (row) => row.claim_key)) {
    expect(published.get(claimKey)).toEqual(rows.map(({ message }) => JSON.parse(message) as ClaimEvent));
    expect(published.get(claimKey)?.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
    const facts = rows.map(({ fact }) => fact);
    const state = JSON.parse(JSON.stringify(claimState(foldClaim(facts), facts.length))) as ClaimState;
    const newest = () => states.byKey<ClaimState>().get(claimKey)?.at(-1);
    await expect.poll(() => newest()?.version, within).toBe(facts.length);
    expect(newest()).toEqual(state);
  }
}

describe('the normaliser', () => {
  it('turns shuffled and repeated webhooks into versions 1 … n of each claim, and the state their fold says', async () => {
    const raw = cairEvents(20, 12);
    await publisher.publishAll(shuffled([...raw, ...raw.slice(0, 100)], 7).map(rawCair));
    await expect.poll(storedEvents, within).toBe(raw.length);
    await expectEverythingPublished();
    const late = events.messages.filter(({ value }) => (JSON.parse(String(value)) as ClaimEvent).late);
    expect(late.length).toBeGreaterThan(20);
  });

  it('says in the headers what a consumer needs to route', () => {
    const [first] = events.messages;
    const event = JSON.parse(String(first?.value)) as ClaimEvent;
    expect(String(first?.headers.ce_id)).toBe(event.id);
    expect(String(first?.headers.ce_type)).toBe(event.type);
    expect(String(first?.headers.ce_time)).toBe(event.receivedAt);
    expect(String(first?.headers['claimwire-tenant'])).toBe(TENANT);
    expect(event.raw.topic).toBe('claims.raw.cair.v1');
  });

  it('quarantines what it cannot process with key, bytes and place, and goes on', async () => {
    const before = await storedEvents();
    const bad = rawCairBody('claim-x', '{"claimFhirId": 7}');
    const at = await publisher.publish(bad);
    await publisher.publish(rawCair({ claim: 'claim-x', status: 'Submitted', minute: 1 }));
    await expect.poll(storedEvents, within).toBe(before + 1);
    await expect.poll(() => countOf('select count(*) from quarantine'), within).toBe(1);
    const { rows } = await pool.query('select * from quarantine');
    expect(rows[0]).toMatchObject({
      tenant_id: TENANT,
      connection_id: CONNECTION,
      ce_id: bad.headers.ce_id,
      stage: 'normalise',
      source_topic: bad.topic,
      source_partition: at.partition,
      source_offset: at.offset,
      topic: QUARANTINE_TOPIC,
      status: 'open',
      claim_key: `${TENANT}/cair/claim-x`,
    });
  });

  it('indexes what an ingress quarantined, which has no offset in a raw topic', async () => {
    const headers = encodeHeaders({
      id: 'raw_1',
      source: '/ingress/cair',
      type: 'cair.malformed',
      time: new Date().toISOString(),
      tenant: TENANT,
      connection: CONNECTION,
      contentType: 'application/json',
      extra: { 'claimwire-reason': 'not_json_object', 'claimwire-stage': 'ingress' },
    });
    await publisher.publish({ topic: QUARANTINE_TOPIC, key: `${TENANT}/raw_1`, value: '[]', headers });
    const found = () => countOf(`select count(*) from quarantine where stage = 'ingress' and source_offset is null`);
    await expect.poll(found, within).toBe(1);
  });

  it('waits out a database that cuts its connections', async () => {
    const raw = cairEvents(20, 20).map((event) => ({ ...event, claim: `cut-${event.claim}` }));
    const before = await storedEvents();
    const name = new URL(database.url).pathname.slice(1);
    for (let at = 0; at < raw.length; at += 40) {
      await publisher.publishAll(raw.slice(at, at + 40).map(rawCair));
      await pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      );
    }
    await expect.poll(storedEvents, within).toBe(before + raw.length);
    await expectEverythingPublished();
  });

  it('loses and reorders nothing while a second replica joins and the first leaves', async () => {
    const raw = shuffled(cairEvents(30, 30), 3).map((event) => ({ ...event, claim: `moving-${event.claim}` }));
    const before = await storedEvents();
    const pieces = Array.from({ length: 30 }, (_, index) => raw.slice(index * 30, index * 30 + 30));
    const feed = (async () => {
      for (const piece of pieces) {
        await publisher.publishAll(piece.map(rawCair));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    const { managementUrl } = await startNormalizer();
    await untilReady(managementUrl);
    await running[0]?.stop();
    running.shift();
    await feed;
    await expect.poll(storedEvents, within).toBe(before + raw.length);
    await expectEverythingPublished();
  });
});
