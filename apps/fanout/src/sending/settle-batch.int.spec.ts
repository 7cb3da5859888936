import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveriesTable } from '../../test/deliveries-table.js';
import type { Delivery } from '../lanes/delivery.js';
import { settleBatch } from './settle-batch.js';
import type { Settlement } from './settlement.js';

const BATCH = 50;
const RETRIED = 5;
const RETRY_MS = 3_600_000;
let table: DeliveriesTable;

beforeAll(async () => {
  table = await DeliveriesTable.create();
});
afterAll(() => table?.remove());

/** The first few are to be tried again. */
const settlement = (row: Pick<Delivery, 'id' | 'eventId' | 'claimKey'>, index: number): Settlement => ({
  delivery: {
    ...row,
    tenant: 't',
    webhookId: 'whk_1',
    eventType: 'claim.updated',
    version: 1,
    replayId: '',
    tries: 0,
    firstTriedAt: null,
    receivedAt: '',
    traceparent: undefined,
    message: null,
  },
  outcome: index < RETRIED ? { type: 'retry', delayMs: RETRY_MS } : { type: 'delivered' },
  attempt: null,
});

it('settles a batch by its ids, whatever waits beside it and whatever the statistics know of that', async () => {
  await table.storeWebhook();
  await table.store({ first: 1, last: 40_000, state: 'delivered' });
  await table.pool.query('analyze deliveries');
  await table.store({ first: 40_001, last: 48_000, state: 'pending' });
  await table.store({ first: 40_001, last: 40_000 + BATCH, state: 'pending', version: 2 });
  const { rows } = await table.pool.query<Pick<Delivery, 'id' | 'eventId' | 'claimKey'>>(
    `select id, event_id as "eventId", claim_key as "claimKey" from deliveries where state = 'pending' order by id limit $1`,
    [BATCH],
  );
  await settleBatch(table.explained, rows.map(settlement));
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
