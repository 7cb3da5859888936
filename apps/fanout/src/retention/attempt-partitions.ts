import { inTransaction, type Pool } from '@claimwire/postgres';

/** So many days have their partition before they begin: housekeeping may be away that long before the default one fills. */
const DAYS_AHEAD = 7;
const DAY_MS = 86_400_000;
/**
 * One replica at a time: two that make the same table in one moment get whatever error the system catalogue meets first
 * (unique_violation, duplicate_object, duplicate_table). Behind another one it is there, and duplicate_table says so.
 */
const ONE_AT_A_TIME = 'select pg_advisory_xact_lock(7302016)';
/** Whoever writes attempts waits behind a lock that is waited for: not longer than this; the next round tries again. */
const LOCK_TIMEOUT = `set local lock_timeout = '500ms'`;
/**
 * lock_not_available, deadlock_detected; check_violation: the default partition holds rows of that day; invalid_object_definition:
 * it would overlap another one; duplicate_table: another replica has made it; invalid_parameter_value: has dropped it.
 */
const LEFT_FOR_LATER = new Set(['55P03', '40P01', '23514', '42P17', '42P07', '22023']);
const CHUNK = 10_000;

const EXPIRED = `
select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral (select (regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$TO \\('([^']+)'\\)$r$))[1]::timestamptz as ends) b
where i.inhparent = 'delivery_attempts'::regclass and b.ends <= now() - $1::int * interval '1 day'
order by b.ends`;

const EXPIRED_IN_DEFAULT = `
delete from delivery_attempts_default where ctid = any (array(
  select ctid from delivery_attempts_default where at < now() - $1::int * interval '1 day' limit ${CHUNK}))`;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** @returns false where it cannot be done now */
async function attempted(pool: Pool, statement: string, value: string): Promise<boolean> {
  try {
    await inTransaction(pool, async (client) => {
      await client.query(ONE_AT_A_TIME);
      await client.query(LOCK_TIMEOUT);
      await client.query(statement, [value]);
    });
    return true;
  } catch (error) {
    if (LEFT_FOR_LATER.has(String(codeOf(error)))) return false;
    throw error;
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * Makes the partitions of today and of the days to come. A day whose rows are in the default partition already keeps them
 * there: they are read like all others, and leave it when their time is over.
 * @returns names of those that were made
 */
export async function makePartitions(pool: Pool, now = Date.now()): Promise<string[]> {
  const made: string[] = [];
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = dayOf(now + ahead * DAY_MS);
    const name = `delivery_attempts_${day.replaceAll('-', '')}`;
    const { rows } = await pool.query<{ known: boolean }>('select to_regclass($1) is not null as known', [name]);
    if (rows[0]?.known) continue;
    const isMade = await attempted(pool, 'select make_attempt_partition($1)', day);
    if (isMade) made.push(name);
  }
  return made;
}

/** Drops the days that are over their time, whole. @returns names of those that were dropped */
export async function dropPartitions(pool: Pool, keepDays: number): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(EXPIRED, [keepDays]);
  const dropped: string[] = [];
  for (const { name } of rows) {
    if (await attempted(pool, 'select drop_attempt_partition($1)', name)) dropped.push(name);
  }
  // Normally empty.
  while (((await pool.query(EXPIRED_IN_DEFAULT, [keepDays])).rowCount ?? 0) === CHUNK);
  return dropped;
}
