import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDataSource } from './data-source.js';
import { MIGRATIONS } from './migrations/index.js';
import { applyGrants } from './privileges/apply-grants.js';

/** Any constant that nothing else locks by: "claimwire" in letters of a telephone. */
const MIGRATION_LOCK = 2524694;
/** How often a run that finds another one under way looks again. */
const LOOK_AGAIN_MS = 200;

/**
 * Brings the schema up to date, each migration in a transaction of its own. Two at once are safe: the second waits for the
 * first by an advisory lock, then finds nothing to do. The roles of deploy/postgres/roles.sql, where they exist, get what they need.
 * @returns names of the migrations that this call applied
 */
export async function runMigrations(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await takeLock(lock);
    const applied = await applyPending(url);
    await applyGrants(lock);
    return applied;
  } finally {
    await lock.end();
  }
}

/** Names of migrations, each list in order. */
export interface SchemaState {
  applied: string[];
  /** What the schema still lacks of this version; none = this version can run. */
  pending: string[];
  /** Applied by a newer version: they do no harm (expand and contract). */
  unknown: string[];
}

/** Changes nothing. @throws while PostgreSQL cannot be reached */
export async function readSchema(url: string): Promise<SchemaState> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const present = await appliedMigrations(client);
    const known = MIGRATIONS.map(({ name }) => name);
    return {
      applied: known.filter((name) => present.has(name)),
      pending: known.filter((name) => !present.has(name)),
      unknown: [...present].filter((name) => !known.includes(name)),
    };
  } finally {
    await client.end();
  }
}

/** @returns what the schema still lacks of this version, in order; empty = this version can run */
export async function pendingMigrations(url: string): Promise<string[]> {
  return (await readSchema(url)).pending;
}

async function appliedMigrations(client: pg.Client): Promise<Set<string>> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (!tables[0]?.there) return new Set();
  const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
  return new Set(rows.map(({ name }) => name));
}

/** Asked for again and again: a statement that waits for the lock would stop `create index concurrently`, which waits for it. */
async function takeLock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.taken) return;
    await sleep(LOOK_AGAIN_MS);
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
