import type { Pool } from '@claimwire/postgres';
import { usageOf } from '../machine/process-usage.js';

/** @returns CPU seconds of the database's sessions so far; null where the server is not on this machine */
export async function postgresSeconds(pool: Pool): Promise<number | null> {
  const sessions = 'select pid from pg_stat_activity where datname = current_database()';
  const { rows } = await pool.query<{ pid: number }>(sessions);
  const usages = await Promise.all(rows.map(({ pid }) => usageOf(pid)));
  return usages.every((usage) => usage !== null) ? usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) : null;
}
