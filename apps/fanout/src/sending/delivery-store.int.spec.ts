import { afterEach, describe, expect, it } from 'vitest';
import { DeliveriesTable } from '../../test/deliveries-table.js';
import type { Ordering } from '../lanes/lane.js';
import { DeliveryStore } from './delivery-store.js';

const LIMIT = 100;
const WAITING = 10_000;
const IN_MEMORY = 1_000;
let table: DeliveriesTable;

afterEach(() => table?.remove());

const refill = (ordering: Ordering, known: string[] = []) =>
  new DeliveryStore(table.explained).refill({
    webhookId: 'whk_1',
    ordering,
    known,
    limit: LIMIT,
    maxBytes: 24 * 1024 ** 2,
  });

/** What the statistics of a queue know: a burst is always newer than they are. */
const STATISTICS = {
  'of no row': async () => {
    await table.pool.query('vacuum analyze deliveries');
  },
  'of delivered rows only': async () => {
    await table.store({ first: 1, last: 20_000, state: 'delivered' });
    await table.pool.query('vacuum analyze deliveries');
  },
  'that were never made': async () => undefined,
};

describe.each(Object.entries(STATISTICS))('with statistics %s', (_name, prepare) => {
  it('a refill reads a few rows for each that it takes, however many wait beside them', async () => {
    table = await DeliveriesTable.create();
    await prepare();
    await table.store({ first: 100_001, last: 100_000 + WAITING, state: 'pending' });
    await table.store({ first: 100_001, last: 100_000 + WAITING, state: 'pending', version: 2 });

    const { rows: sent } = await table.pool.query<{ id: string }>(
      `select id from deliveries where state = 'pending' order by id limit $1`,
      [IN_MEMORY],
    );

    const { deliveries, hasOthers } = await refill(
      'per_claim',
      sent.map(({ id }) => id),
    );

    expect(deliveries.map(({ version }) => version)).toEqual(Array.from({ length: LIMIT }, () => 1));
    expect(hasOthers).toBe(true);
    expect(table.touched).toBeGreaterThanOrEqual(LIMIT);
    expect(table.touched).toBeLessThanOrEqual(4 * (IN_MEMORY + LIMIT));
  });

  it('what gives way to a newer one is found by its claim', async () => {
    table = await DeliveriesTable.create();
    await prepare();
    await table.store({ first: 100_001, last: 100_000 + WAITING, state: 'pending' });
    await table.store({ first: 100_001, last: 100_000 + WAITING, state: 'pending', version: 2 });

    const { deliveries } = await refill('latest_only');

    expect(deliveries.map(({ version }) => version)).toEqual(Array.from({ length: LIMIT }, () => 2));
    expect(table.touched).toBeLessThanOrEqual(8 * WAITING);
  });

  it('webhooks with nothing due are told by a probe each, however much waits for another', async () => {
    table = await DeliveriesTable.create();
    await prepare();
    await table.store({ first: 100_001, last: 100_000 + WAITING, state: 'pending' });
    const others = Array.from({ length: 50 }, (_, index) => `whk_other_${index}`);

    expect(await new DeliveryStore(table.explained).withDue([...others, 'whk_1'])).toEqual(['whk_1']);
    expect(table.touched).toBeLessThanOrEqual(others.length);
  });
});
