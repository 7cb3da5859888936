import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, inTransaction, withValues, type KeptStatement, type Pool, type PoolOptions } from './index.js';

const COUNT: KeptStatement = {
  name: 'count_tenants',
  text: 'select count(*)::int as tenants from tenants where id <> $1',
};

let database: TestDatabase;
const pools: Pool[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database?.drop();
});

function poolOf(options: PoolOptions): Pool {
  const pool = createPool(database.url, 1, options);
  pools.push(pool);
  return pool;
}

async function kept(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('select name from pg_prepared_statements');
  return rows.map(({ name }) => name);
}

describe('a pool that keeps plans', () => {
  it('keeps that of a statement with few rows, and plans for many each time', async () => {
    const pool = poolOf({ pipelined: true, keepsPlans: true });
    await pool.query(withValues(COUNT, ['x'], 33));
    expect(await kept(pool)).toEqual([]);
    await Promise.all([pool.query(withValues(COUNT, ['x'], 1)), pool.query(withValues(COUNT, ['x'], 32))]);
    expect(await kept(pool)).toEqual(['count_tenants']);
  });

  it('is not the one for a pooler, whose sessions keep nothing', async () => {
    const pool = poolOf({ pipelined: true });
    await pool.query(withValues(COUNT, ['x'], 1));
    expect(await kept(pool)).toEqual([]);
  });
});

describe('a commit that goes out with the last statements', () => {
  const INSERT = `insert into tenants (id, name) values ($1, 'of this test')`;
  const stored = async (pool: Pool) =>
    (await pool.query<{ id: string }>(`select id from tenants where name = 'of this test' order by id`)).rows;

  it('commits all of them', async () => {
    const pool = poolOf({ pipelined: true });
    await inTransaction(pool, async (client, commit) => {
      await Promise.all([client.query(INSERT, ['t1']), client.query(INSERT, ['t2']), commit()]);
    });
    expect(await stored(pool)).toEqual([{ id: 't1' }, { id: 't2' }]);
  });

  it('commits nothing when one of them fails, and leaves the connection usable', async () => {
    const pool = poolOf({ pipelined: true });
    const failing = inTransaction(pool, async (client, commit) => {
      await Promise.all([client.query(INSERT, ['t3']), client.query(INSERT, ['t1']), commit()]);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await stored(pool)).toEqual([{ id: 't1' }, { id: 't2' }]);
  });

  it('is an error where the failure before it was not waited for', async () => {
    const pool = poolOf({ pipelined: true });
    const failing = inTransaction(pool, async (client) => {
      client.query(INSERT, ['t1']).catch(() => undefined);
    });
    await expect(failing).rejects.toThrow('rolled back');
  });
});
