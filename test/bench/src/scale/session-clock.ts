import type { Pool } from '@claimwire/postgres';
import { usageOf } from '../machine/process-usage.js';

const SESSIONS = 'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';

/** CPU time of a database's sessions, those that have ended included, as far as they were seen. */
export class SessionClock {
  private readonly byPid = new Map<number, number>();

  constructor(private readonly pool: Pool) {}

  /** @returns seconds of all sessions seen so far; null where the server is not on this machine */
  async look(): Promise<number | null> {
    const { rows } = await this.pool.query<{ pid: number }>(SESSIONS);
    for (const { pid } of rows) {
      const usage = await usageOf(pid);
      if (usage) this.byPid.set(pid, usage.cpuSeconds);
    }
    return this.byPid.size === 0 ? null : [...this.byPid.values()].reduce((sum, seconds) => sum + seconds, 0);
  }
}
