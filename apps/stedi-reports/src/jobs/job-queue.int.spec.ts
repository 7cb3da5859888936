import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, explain, rowsScanned, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StediReportsConfig } from '../config.js';
import type { ConnectionDirectory } from '../connection-directory.js';
import { JobQueue } from './job-queue.js';

const CONNECTIONS = 20;
const WAITING = 20_000;
const TURN = 10;
const CONFIG = { CONNECTION_CONCURRENCY: TURN, CONNECTION_REQUESTS_PER_SECOND: 100, JOB_LEASE_MS: 60_000 };
const directory = { load: () => Promise.resolve(new Map()) };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 1);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const storeJobs = (state: 'done' | 'waiting', count: number) =>
  pool.query(
    `insert into stedi_jobs
       (tenant_id, transaction_id, connection_id, origin, state, event, headers, sealed, requests, due_at, settled_at)
     select 't', $1::text || n, 'con_1', 'backfill', $1, '{}', '{}', '', 1, now() - interval '1 hour',
       case $1 when 'done' then now() end
     from generate_series(1, $2::int) n`,
    [state, count],
  );

/** The pool, where each statement that reads is carried out twice: to count the rows of jobs that it reads, and for its answer. */
function counting(): { pool: Pool; read: () => number } {
  let read = 0;
  const connect = async () => {
    const client = await pool.connect();
    const query = async (text: string, values?: unknown[]) => {
      if (/^\s*(select|with)\b/.test(text)) {
        await client.query('savepoint counted');
        read += rowsScanned(await explain(client, text, values), 'stedi_jobs');
        await client.query('rollback to counted');
      }
      return client.query(text, values);
    };
    const release = (error?: Error) => client.release(error);
    return { query, release, on: () => undefined, off: () => undefined };
  };
  return { pool: { connect } as unknown as Pool, read: () => read };
}

it('takes a turn of a burst by its first jobs, whatever the statistics know of it', async () => {
  await pool.query(
    `insert into stedi_report_connections (connection_id, tenant_id) select 'con_' || n, 't' from generate_series(1, $1::int) n`,
    [CONNECTIONS],
  );
  await storeJobs('done', WAITING);
  await pool.query('analyze stedi_jobs');
  await storeJobs('waiting', WAITING);
  const counted = counting();
  const queue = new JobQueue(counted.pool, directory as unknown as ConnectionDirectory, CONFIG as StediReportsConfig);
  const turn = await queue.takeTurn(TURN);
  expect(turn?.jobs.length).toBeGreaterThan(0);
  expect(counted.read()).toBeGreaterThan(0);
  expect(counted.read()).toBeLessThan(10 * TURN);
});
