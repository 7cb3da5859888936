import { QUARANTINE_TOPIC } from '@claimwire/contracts';
import type { BatchMessage, LaneBatch } from '@claimwire/kafka';
import { createPool, LaneStore, type Lane, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { rawCairBody } from '@claimwire/testkit/pipeline';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NormalizerMetrics } from '../metrics.js';
import { QuarantineGauges } from './quarantine-gauges.js';
import { indexQuarantine } from './quarantine-index.js';
import { quarantineRecord } from './quarantine-record.js';

let database: TestDatabase;
let pool: Pool;
let store: LaneStore;
let lane: Lane;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
  store = new LaneStore(pool);
  lane = await store.claim('quarantine-index', QUARANTINE_TOPIC, 0, 0n);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await pool.query('delete from quarantine');
});

const NOW = Date.UTC(2025, 2, 11);
/** A body that was quarantined from `source`, as it stands on the quarantine topic at `at`. */
function quarantined(body: string, source: number, at: number): BatchMessage {
  const { key, value, headers } = rawCairBody('c', body);
  const raw = {
    key: Buffer.from(key),
    value: Buffer.from(String(value)),
    headers,
    offset: BigInt(source),
    timestamp: 0,
  };
  const place = { topic: 'claims.raw.cair.v1', partition: 2 };
  const record = quarantineRecord(place, { message: raw, reason: 'no_status' });
  return { ...raw, headers: record.headers, offset: BigInt(at), timestamp: NOW };
}
async function index(...messages: BatchMessage[]): Promise<void> {
  const rest = { isRunning: () => true, heartbeat: () => Promise.resolve() };
  const nextOffset = (messages.at(-1) as BatchMessage).offset + 1n;
  const batch: LaneBatch = { topic: QUARANTINE_TOPIC, partition: 0, lane, messages, nextOffset, ...rest };
  await indexQuarantine(pool, store, batch);
}
const items = async () =>
  (await pool.query('select id, attempt, previous_id as previous from quarantine order by "offset"')).rows as {
    id: string;
    attempt: number;
    previous: string | null;
  }[];

describe('an event that is quarantined again', () => {
  it('follows on its earlier item, in the same batch or later', async () => {
    await index(quarantined('a', 1, 0), quarantined('b', 2, 1));
    await index(quarantined('a', 3, 2), quarantined('a', 4, 3));
    const [a1, b1, a2, a3] = await items();
    expect([a1, b1].map((item) => [item?.attempt, item?.previous])).toEqual([
      [1, null],
      [1, null],
    ]);
    expect(a2).toMatchObject({ attempt: 2, previous: a1?.id });
    expect(a3).toMatchObject({ attempt: 3, previous: a2?.id });
  });

  it('is the same item where a crash wrote or read it twice', async () => {
    await index(quarantined('a', 1, 0), quarantined('a', 1, 1));
    await index(quarantined('a', 1, 1), quarantined('a', 1, 2));
    expect(await items()).toMatchObject([{ attempt: 1, previous: null }]);
  });

  it('expires with the retention of the quarantine topic', async () => {
    await index(quarantined('a', 1, 0));
    const { rows } = await pool.query<{ expires_at: Date }>('select expires_at from quarantine');
    expect(rows[0]?.expires_at.getTime()).toBe(NOW + 90 * 86_400_000);
  });
});

describe('the gauges of the quarantine', () => {
  it('count open items by reason, and those that expire within a week, with no tenant', async () => {
    await index(quarantined('a', 1, 0), quarantined('b', 2, 1), quarantined('c', 3, 2), quarantined('d', 4, 3));
    await pool.query(`update quarantine set expires_at = now() + interval '30 days'`);
    await pool.query(`update quarantine set expires_at = now() + interval '6 days' where "offset" = 0`);
    await pool.query(`update quarantine set status = 'retried' where "offset" = 3`);
    const registry = new Registry();
    const gauges = new QuarantineGauges(pool, new NormalizerMetrics(registry), { warn: vi.fn() });
    await gauges.refresh();
    const text = await registry.metrics();
    expect(text).toContain('claimwire_quarantine_open{reason="no_status"} 3');
    expect(text).toContain('claimwire_quarantine_expiring{reason="no_status"} 1');
    expect(text).not.toContain('acme');
    await pool.query(`update quarantine set status = 'discarded'`);
    await gauges.refresh();
    expect(await registry.metrics()).not.toContain('no_status');
  });
});
