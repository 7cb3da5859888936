import pg from 'pg';
import { createDataSource } from './data-source.js';

/** Any constant that nothing else locks by: "claimwire" in letters of a telephone. */
const MIGRATION_LOCK = 2524694;

/**
 * Brings the schema up to date, each migration in a transaction of its own. Two at once are safe: the second waits for the
 * first by an advisory lock, then finds nothing to do.
 * @returns names of the migrations that this call applied
 */
export async function runMigrations(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await applyPending(url);
  } finally {
    await lock.end();
  }
}

async function applyPending(url: string): Promise<string[]> {
  const dataSource = createDataSource(url, 1);
  await dataSource.initialize();
  try {
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    return applied.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}
