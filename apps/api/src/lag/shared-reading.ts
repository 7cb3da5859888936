import type { Pool } from '@claimwire/postgres';

export interface Reading<T> {
  value: T;
  /** Epoch milliseconds, by the database's clock. */
  readAt: number;
}

interface Row<T> {
  value: T;
  readAt: number;
}

/** Replicas look in turn, each a little early: three quarters of the interval, so that their turns do not drift apart. */
const DUE_AFTER = 0.75;

const BEGIN = `
  insert into shared_readings as reading (name) values ($1)
  on conflict (name) do update set begun_at = clock_timestamp()
  where reading.begun_at < clock_timestamp() - $2::float8 * interval '1 ms'`;

const KEEP = `
  update shared_readings set value = $2, read_at = clock_timestamp() where name = $1
  returning value, extract(epoch from read_at)::float8 * 1000 as "readAt"`;

const NEWEST = `
  select value, extract(epoch from read_at)::float8 * 1000 as "readAt" from shared_readings
  where name = $1 and value is not null`;

/**
 * What somebody has read within about `intervalMs`: of all replicas that ask, one reads and keeps it for the others. Whoever dies
 * in the middle is followed by the next one after the interval; until then the others have what was read before.
 * @returns null while the first reading of all is under way elsewhere
 * @throws what `read` throws
 */
export async function sharedReading<T>(
  pool: Pool,
  name: string,
  intervalMs: number,
  read: () => Promise<T>,
): Promise<Reading<T> | null> {
  const isOurs = (await pool.query(BEGIN, [name, intervalMs * DUE_AFTER])).rowCount === 1;
  const { rows } = isOurs
    ? await pool.query<Row<T>>(KEEP, [name, JSON.stringify(await read())])
    : await pool.query<Row<T>>(NEWEST, [name]);
  return rows[0] ?? null;
}
