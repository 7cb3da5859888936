import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropPartitions, makePartitions } from './attempt-partitions.js';
import { expireFailures, purgeSettled } from './purge-deliveries.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const DAY_MS = 86_400_000;
const attempt = (daysAgo: number) =>
  pool.query(
    `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, phases, request)
     values (1, 'whk_1', 't', 'evt_1', 1, now() - $1 * interval '1 day', '{}', '{}')`,
    [daysAgo],
  );
const parts = async () => {
  const { rows } = await pool.query<{ part: string; count: number }>(
    'select tableoid::regclass::text as part, count(*)::int as count from delivery_attempts group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ part, count }) => [part, count]));
};
const nameOf = (daysAhead: number) =>
  `delivery_attempts_${new Date(Date.now() + daysAhead * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;

describe('attempts', () => {
  it('have a partition for each day to come, made once, by however many at once', async () => {
    const made = (await Promise.all(Array.from({ length: 4 }, () => makePartitions(pool)))).flat();
    expect(made).toContain(nameOf(7));
    expect(new Set(made).size).toBe(made.length);
    expect(await makePartitions(pool)).toEqual([]);
    await attempt(-6);
    expect(await parts()).toEqual({ [nameOf(6)]: 1 });
  });

  it('of a day without a partition are kept all the same, and the days after it get theirs', async () => {
    await attempt(-9);
    expect(await parts()).toMatchObject({ delivery_attempts_default: 1 });
    const made = await makePartitions(pool, Date.now() + 5 * DAY_MS);
    expect(made).toEqual([nameOf(8), nameOf(10), nameOf(11), nameOf(12)]);
    expect(await parts()).toMatchObject({ delivery_attempts_default: 1 });
  });

  it('are dropped with their day when it is over its time, and removed one by one only where none was made', async () => {
    const old = Date.now() - 40 * DAY_MS;
    await makePartitions(pool, old);
    for (const daysAgo of [39, 38]) await attempt(daysAgo);
    await attempt(90);
    await attempt(1);
    const dropped = (await Promise.all(Array.from({ length: 4 }, () => dropPartitions(pool, 35)))).flat();
    expect(dropped).toContain(nameOf(-39));
    expect(new Set(dropped).size).toBe(dropped.length);
    const left = await parts();
    expect(left).not.toHaveProperty(nameOf(-39));
    // That of nine days ahead, and yesterday's, which had no partition.
    expect(left).toMatchObject({ delivery_attempts_default: 2 });
  });
});

describe('deliveries', () => {
  const left = async () => {
    const { rows } = await pool.query<{ event_id: string }>('select event_id from deliveries order by event_id');
    return rows.map(({ event_id }) => event_id);
  };

  it('leave the error queue after its days, and the table after theirs; what waits stays', async () => {
    await pool.query(`insert into tenants (id, name) values ('t', 't')`);
    await pool.query(
      `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ('c', 't', 'c', 'none', '{}', '')`,
    );
    await pool.query(
      `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
         ordering, signing, signing_sealed, payload)
       values ('w', 't', 'w', 'POST', 'https://pms.example', 'c', 1, 1000, '{}', 'per_claim', '{}', '', 'full')`,
    );
    const add = (eventId: string, state: string, daysAgo: number) =>
      pool.query(
        `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, state, created_at, settled_at)
         values ('t', 'w', $1, 'claim.updated', 'k', 1, $2, now() - $3 * interval '1 day',
           case when $2 <> 'pending' then now() - $3 * interval '1 day' end)`,
        [eventId, state, daysAgo],
      );
    for (const [index, state] of ['delivered', 'rejected', 'superseded', 'exhausted', 'pending'].entries()) {
      await add(`old-${index}-${state}`, state, 40);
      await add(`young-${state}`, state, 1);
    }
    expect(await expireFailures(pool, 14)).toBe(1);
    expect(await purgeSettled(pool, 30)).toBe(3);
    expect(await left()).toEqual([
      'old-4-pending',
      'young-delivered',
      'young-exhausted',
      'young-pending',
      'young-rejected',
      'young-superseded',
    ]);
  });
});
