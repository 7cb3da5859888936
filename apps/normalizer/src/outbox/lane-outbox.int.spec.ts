import { EVENTS_TOPIC, rawTopic, STATE_TOPIC, type ClaimEvent } from '@claimwire/contracts';
import { PublishTimeoutError, type PublishRecord } from '@claimwire/kafka';
import { normaliseBatch, readMessage } from '@claimwire/normalizing';
import { createPool, ErasureLedger, FencedError, LaneStore, type Lane, type Pool } from '@claimwire/postgres';
import { createLogger, createMetricsRegistry, Tracing } from '@claimwire/service-host';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { cairEvents, CONNECTION, insertConnection, rawCair } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeBatch } from '../batch/store-batch.js';
import { NormalizerMetrics } from '../metrics.js';
import { LaneOutbox } from './lane-outbox.js';

const TOPIC = rawTopic('cair');
const LEASE_MS = 1_500;
let database: TestDatabase;
let pool: Pool;
let store: LaneStore;
let partition = 0;
let sent: PublishRecord[];
let deadlines: number[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
  store = new LaneStore(pool);
  await insertConnection(pool);
});

beforeEach(() => {
  partition += 1;
  sent = [];
  deadlines = [];
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const working = {
  publish: () => Promise.reject(new Error('not used')),
  publishAll: (records: readonly PublishRecord[], { deadlineMs = 0 } = {}) => {
    deadlines.push(deadlineMs);
    sent.push(...records);
    return Promise.resolve();
  },
};
const dead = { ...working, publishAll: () => Promise.reject(new PublishTimeoutError(EVENTS_TOPIC, 1)) };

function outboxOf(lane: Lane, owner: string, publisher = working, isOurs = () => true): LaneOutbox {
  const metrics = new NormalizerMetrics(createMetricsRegistry());
  const logger = createLogger({ name: 'test', level: 'fatal' });
  return new LaneOutbox(
    lane,
    { pool, store, publisher, metrics, logger, tracing: new Tracing(), owner, leaseMs: LEASE_MS },
    isOurs,
  );
}

const claim = () => store.claim('normalizer', TOPIC, partition, 0n);

/** Stores events of claims that no other test uses, as the handler does. */
async function commit(lane: Lane, outbox: LaneOutbox, nextOffset: bigint, events = cairEvents(3, 4), answered = true) {
  const messages = events.map((event, index) => {
    const { key, value, headers } = rawCair({ ...event, claim: `p${partition}-${event.claim}` });
    return readMessage({ key: Buffer.from(key), value: Buffer.from(String(value)), headers, offset: BigInt(index) });
  });
  const connections = new Map([[CONNECTION, { settings: {}, freeText: false }]]);
  const normalised = normaliseBatch({ topic: TOPIC, partition, messages }, connections);
  const beganAt = performance.now();
  const stored = await storeBatch(pool, store, normalised, {
    lane,
    nextOffset,
    outbox: outbox.advance(),
    erasures: new ErasureLedger(null),
  });
  if (answered) outbox.committed(stored.upTo, beganAt);
  return stored;
}

const idsOf = (records: readonly PublishRecord[]) => records.map(({ headers }) => headers.ce_id);

describe('the outbox of a lane', () => {
  it('is sent by the successor, in order and with the same ids, when its holder died after the commit', async () => {
    const lane = await claim();
    const died = outboxOf(lane, 'a');
    await died.open();
    const { records } = await commit(lane, died, 12n);

    const successor = outboxOf(await claim(), 'b');
    const began = performance.now();
    await successor.open();
    expect(performance.now() - began).toBeGreaterThan(LEASE_MS * 0.5);
    expect(idsOf(sent)).toEqual(idsOf(records));
    expect(sent.filter(({ topic }) => topic === EVENTS_TOPIC)).toEqual(
      records.filter(({ topic }) => topic === EVENTS_TOPIC),
    );
    const states = sent
      .filter(({ topic }) => topic === STATE_TOPIC)
      .map(({ value }) => JSON.parse(String(value)) as ClaimEvent);
    expect(states.map(({ version }) => version)).toEqual([4, 4, 4]);
    await successor.close();
  });

  it('is not sent again once it is noted as sent', async () => {
    const lane = await claim();
    const first = outboxOf(lane, 'a');
    await first.open();
    const { records, upTo } = await commit(lane, first, 12n);
    first.sendCommitted(records, upTo);
    await first.close();
    expect(sent).toHaveLength(records.length);
    const began = performance.now();
    await outboxOf(await claim(), 'b').open();
    expect(sent).toHaveLength(records.length);
    expect(performance.now() - began).toBeLessThan(LEASE_MS / 2);
  });

  it('starts no send that could outlive its lease', async () => {
    const lane = await claim();
    const outbox = outboxOf(lane, 'a');
    await outbox.open();
    const { records, upTo } = await commit(lane, outbox, 12n);
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 0.8));
    const leaseEnds = async () => {
      const { rows } = await pool.query<{ ms: number }>(
        'select (extract(epoch from lease_until - now()) * 1000)::int as ms from consumer_lanes where id = $1',
        [lane.laneId],
      );
      return rows[0]?.ms ?? 0;
    };
    outbox.sendCommitted(records, upTo);
    await outbox.idle();
    expect(deadlines[0]).toBeLessThan(await leaseEnds());
    await outbox.close();
  });

  it('sends nothing newer after a send that failed while the lane was lost', async () => {
    const lane = await claim();
    let ours = true;
    const losing = outboxOf(lane, 'a', dead, () => ours);
    await outboxOf(lane, 'a').open();
    await losing.open();
    const { records, upTo } = await commit(lane, losing, 12n);
    ours = false;
    losing.sendCommitted(records, upTo);
    await expect(losing.idle()).rejects.toBeInstanceOf(FencedError);
    await losing.close();
    await outboxOf(await claim(), 'b').open();
    expect(idsOf(sent)).toEqual(idsOf(records));
  });
});

describe('storing a batch', () => {
  it('stores nothing for an owner that was replaced', async () => {
    const zombie = await claim();
    const outbox = outboxOf(zombie, 'a');
    await claim();
    await expect(commit(zombie, outbox, 12n)).rejects.toBeInstanceOf(FencedError);
    const { rowCount } = await pool.query('select 1 from claim_events where claim_key like $1', [`%p${partition}-%`]);
    expect(rowCount).toBe(0);
  });

  it('stores an event once, however often it comes', async () => {
    const lane = await claim();
    const outbox = outboxOf(lane, 'a');
    const events = cairEvents(2, 3);
    const first = await commit(lane, outbox, 6n, [...events, ...events]);
    expect(first).toMatchObject({ stored: 6, duplicates: 6, claims: 2 });
    const again = await commit(lane, outbox, 12n, events);
    expect(again).toMatchObject({ stored: 0, duplicates: 6, records: [] });
  });

  it('leaves to a new claim what a commit stored whose answer got lost: it must still be sent', async () => {
    const lane = await claim();
    const outbox = outboxOf(lane, 'a');
    await outbox.open();
    const { records } = await commit(lane, outbox, 12n, cairEvents(3, 4), false);
    await expect(commit(lane, outbox, 12n)).rejects.toBeInstanceOf(FencedError);
    await outbox.close();
    const anew = await claim();
    expect(anew.nextOffset).toBe(12n);
    await outboxOf(anew, 'a').open();
    expect(idsOf(sent)).toEqual(idsOf(records));
  });
});
