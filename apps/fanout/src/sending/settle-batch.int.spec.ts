import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveriesTable } from '../../test/deliveries-table.js';
import { exampleDelivery } from '../../test/examples.js';
import type { Delivery } from '../lanes/delivery.js';
import { settleBatch } from './settle-batch.js';
import type { Settlement } from './settlement.js';

const BATCH = 50;
const RETRIED = 5;
const RETRY_MS = 3_600_000;
type Row = Pick<Delivery, 'id' | 'eventId' | 'claimKey'>;

let table: DeliveriesTable;
let kept: DeliveriesTable;

beforeAll(async () => {
  [table, kept] = await Promise.all([
    DeliveriesTable.create(),
    DeliveriesTable.create({ pipelined: true, keepsPlans: true }),
  ]);
});
afterAll(() => Promise.all([table?.remove(), kept?.remove()]));

async function firstPending({ pool }: DeliveriesTable, count: number): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select id, event_id as "eventId", claim_key as "claimKey" from deliveries where state = 'pending' order by id limit $1`,
    [count],
  );
  return rows;
}

/** The first few are to be tried again. */
const settlement = (row: Row, index: number): Settlement => ({
  delivery: exampleDelivery({ ...row, tenant: 't', version: 1, message: null }),
  outcome: index < RETRIED ? { type: 'retry', delayMs: RETRY_MS } : { type: 'delivered' },
  attempt: null,
});

it('settles a batch by its ids, whatever waits beside it and whatever the statistics know of that', async () => {
  await table.storeWebhook();
  await table.store({ first: 1, last: 40_000, state: 'delivered' });
  await table.pool.query('analyze deliveries');
  await table.store({ first: 40_001, last: 48_000, state: 'pending' });
  await table.store({ first: 40_001, last: 40_000 + BATCH, state: 'pending', version: 2 });
  await settleBatch(table.explained, (await firstPending(table, BATCH)).map(settlement));
  expect(table.touched).toBeGreaterThan(0);
  expect(table.touched).toBeLessThanOrEqual(6 * BATCH);
  const { rows: after } = await table.pool.query<{ state: string; later: boolean; count: number }>(
    `select state, next_attempt_at > now() + interval '30 minutes' as later, count(*)::int as count from deliveries
     group by 1, 2 order by 1, 2`,
  );
  expect(after).toEqual([
    { state: 'delivered', later: false, count: 40_000 + BATCH - RETRIED },
    { state: 'pending', later: false, count: 8_000 - RETRIED },
    // With what waits behind each of them.
    { state: 'pending', later: true, count: 2 * RETRIED },
  ]);
});

it('settles a few by a plan that was kept from when the table was empty as if it had been planned now', async () => {
  const few = 20;
  await kept.storeWebhook();
  const unknown = Array.from({ length: few }, (_, index) => ({ id: String(index + 1), eventId: 'e', claimKey: 'c' }));
  for (let times = 0; times < 8; times += 1) await settleBatch(kept.counted, unknown.map(settlement));
  const { rows: plans } = await kept.pool.query<{ generic: boolean }>(
    `select generic_plans > 0 as generic from pg_prepared_statements where name = 'deliveries_settle_retried'`,
  );
  expect(plans, 'the plan is kept').toEqual([{ generic: true }]);
  await kept.store({ first: 1, last: 20_000, state: 'pending' });
  kept.touched = 0;
  await settleBatch(kept.counted, (await firstPending(kept, few)).map(settlement));
  expect(kept.touched).toBeGreaterThan(0);
  expect(kept.touched).toBeLessThanOrEqual(6 * few);
});

it('stores whatever characters were sent and answered, also those that jsonb has no place for', async () => {
  const odd = '\u0000 \ud83d \udc00\ud800 \\u0000 \\ud83d "é😀" \u2028';
  const headers = { name: odd };
  const attempt = {
    ...{ at: 1_763_900_000_123, status: 200, error: null, phases: { connect: 0.1, firstByte: null, total: 2 } },
    ...{ request: JSON.stringify({ headers }), response: { headers, body: odd } },
  };
  await kept.store({ first: 30_001, last: 30_001, state: 'pending' });
  const { rows: waiting } = await kept.pool.query<Row>(
    `select id, event_id as "eventId", claim_key as "claimKey" from deliveries order by id desc limit 1`,
  );
  await settleBatch(
    kept.pool,
    waiting.map((row) => ({ ...settlement(row, RETRIED), attempt })),
  );
  const { rows } = await kept.pool.query<{ at: Date; phases: object; request: typeof attempt; response: object }>(
    'select at, phases, request, response from delivery_attempts where delivery_id = $1',
    [waiting[0]?.id],
  );
  const shown = '\ufffd \ufffd \ufffd\ufffd \\ufffd \\ufffd "é😀" \u2028';
  expect(rows).toEqual([
    {
      ...{ at: new Date(attempt.at), phases: attempt.phases },
      ...{ request: { headers: { name: shown } }, response: { headers: { name: shown }, body: shown } },
    },
  ]);
});
