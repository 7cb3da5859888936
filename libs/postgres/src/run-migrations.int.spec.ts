import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, inTransaction, listen, type Pool } from './index.js';
import { MIGRATIONS } from './migrations/index.js';
import { createDataSource, pendingMigrations, runMigrations } from './schema.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 3);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('migrations', () => {
  it('find nothing to do in a database that is up to date', async () => {
    expect(await runMigrations(database.url)).toEqual([]);
  });

  it('may be run by two at once: one applies them, the other waits and does nothing', async () => {
    await pool.query('drop schema public cascade');
    await pool.query('create schema public');
    expect(await pendingMigrations(database.url)).toEqual(MIGRATIONS.map(({ name }) => name));
    const applied = await Promise.all([runMigrations(database.url), runMigrations(database.url)]);
    expect(applied.flat()).toEqual(MIGRATIONS.map(({ name }) => name));
  });

  it("are not pending once applied, and a newer version's do not keep this one from running", async () => {
    expect(await pendingMigrations(database.url)).toEqual([]);
    await pool.query(`insert into schema_migrations (timestamp, name) values (9999999999999, 'OfTomorrow')`);
    expect(await pendingMigrations(database.url)).toEqual([]);
    await pool.query(`delete from schema_migrations where name = 'OfTomorrow'`);
  });

  it('make what the entities describe', async () => {
    const dataSource = await createDataSource(database.url, 2).initialize();
    try {
      for (const { target } of dataSource.entityMetadatas) {
        expect(await dataSource.getRepository(target).find({ take: 1 })).toEqual([]);
      }
    } finally {
      await dataSource.destroy();
    }
  });

  it('can be undone', async () => {
    const dataSource = await createDataSource(database.url, 1).initialize();
    try {
      for (let left = MIGRATIONS.length; left > 0; left--) await dataSource.undoLastMigration();
      const tables = await pool.query<{ tablename: string }>(
        `select tablename from pg_tables where schemaname = 'public'`,
      );
      expect(tables.rows.map(({ tablename }) => tablename)).toEqual(['schema_migrations']);
    } finally {
      await dataSource.destroy();
    }
    expect(await runMigrations(database.url)).toHaveLength(MIGRATIONS.length);
  });

  it('put attempts that are there into a partition, and a version that knows none writes on', async () => {
    const dataSource = await createDataSource(database.url, 1).initialize();
    const since = MIGRATIONS.findIndex(({ name }) => name.startsWith('DeliveryOperations'));
    for (let left = MIGRATIONS.length; left > since; left--) await dataSource.undoLastMigration();
    await dataSource.destroy();
    const insert = (at: string) =>
      pool.query(
        `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, phases, request)
         values (1, 'whk_1', 't', 'evt_1', 1, ${at}, '{}', '{}')`,
      );
    await insert(`now() - interval '40 days'`);
    await insert('now()');
    await runMigrations(database.url);
    await insert('now()');
    await insert(`now() + interval '9 days'`);
    const { rows } = await pool.query<{ id: string; part: string }>(
      'select id, tableoid::regclass::text as part from delivery_attempts order by id',
    );
    expect(rows).toEqual([
      { id: '1', part: 'delivery_attempts_before' },
      { id: '2', part: 'delivery_attempts_before' },
      { id: '3', part: 'delivery_attempts_before' },
      { id: '4', part: 'delivery_attempts_default' },
    ]);
  });
});

describe('inTransaction', () => {
  it('keeps nothing of work that throws', async () => {
    const insertThenThrow = inTransaction(pool, async (client) => {
      await client.query(`insert into tenants (id, name) values ('t1', 'T')`);
      throw new Error('boom');
    });
    await expect(insertThenThrow).rejects.toThrow('boom');
    expect((await pool.query('select 1 from tenants')).rowCount).toBe(0);
  });

  it('hands out a fresh connection after one was cut in the middle', async () => {
    const cut = inTransaction(pool, async (client) => {
      const pid = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1)', [pid.rows[0]?.pid]);
      await client.query('select 1');
    });
    await expect(cut).rejects.toThrow();
    expect(await inTransaction(pool, async (client) => (await client.query('select 1')).rowCount)).toBe(1);
  });
});

describe('a process that is stopped in the middle of a transaction', () => {
  it('keeps its locks for seconds only, and cannot commit when it wakes', async () => {
    await pool.query('create table shared (n int)');
    await pool.query('insert into shared values (0)');
    const [locked, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stopped = inTransaction(pool, async (client) => {
      await client.query('update shared set n = 1');
      locked.resolve();
      await woken.promise;
      await client.query('update shared set n = 2');
    });
    await locked.promise;
    await inTransaction(pool, (client) => client.query('update shared set n = n + 10'));
    woken.resolve();
    await expect(stopped).rejects.toThrow();
    expect((await pool.query('select n from shared')).rows).toEqual([{ n: 10 }]);
  });
});

describe('listen', () => {
  it('tells of each change of configuration, also after its connection was cut', async () => {
    const heard: string[] = [];
    const until = (condition: () => boolean) => expect.poll(condition, { timeout: 10_000 }).toBe(true);
    const listening = listen(database.url, 'configuration', (payload) => heard.push(payload));
    try {
      await until(() => listening.isConnected());
      await pool.query(`insert into tenants (id, name) values ('t2', 'T')`);
      await until(() => heard.includes('tenants'));

      heard.length = 0;
      const name = new URL(database.url).pathname.slice(1);
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query like 'listen%'`,
        [name],
      );
      await until(() => heard.includes(''));
      await pool.query(`update tenants set name = 'U'`);
      await until(() => heard.includes('tenants'));
    } finally {
      await listening.stop();
    }
  });

  it('keeps trying while the database cannot be reached', async () => {
    const unreachable = listen('postgres://postgres@127.0.0.1:1/test', 'configuration', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(unreachable.isConnected()).toBe(false);
    await unreachable.stop();
  });
});
