import { PG_POOL, type Pool } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { Job, SettledState } from './job.js';

const PURGED_AT_ONCE = 5_000;

/** Only the newest try may say how a job ended: one whose lease ran out speaks for nobody. */
const CURRENT = `where tenant_id = $1 and transaction_id = $2 and attempts = $3 and state = 'waiting'`;

const SETTLE = `update stedi_jobs set state = $4, reason = $5, settled_at = now(), leased_until = null ${CURRENT}`;

const POSTPONE = `
  update stedi_jobs set reason = $4, due_at = now() + $5::int * interval '1 ms', leased_until = null ${CURRENT}`;

const PURGE = `
  delete from stedi_jobs where (tenant_id, transaction_id) in (
    select tenant_id, transaction_id from stedi_jobs where settled_at < now() - $1::float8 * interval '1 ms' limit $2)`;

const PURGE_CONNECTIONS = `
  delete from stedi_report_connections s where not exists (select from connections where id = s.connection_id)
    and not exists (select from stedi_jobs where connection_id = s.connection_id)`;

/** Notes what became of a try; false where a newer try exists or the job is settled: then nothing is noted. */
@Injectable()
export class JobOutcomes {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  async settle(job: Job, state: SettledState, reason: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(SETTLE, [...keyOf(job), state, reason]);
    return rowCount === 1;
  }

  /** Tried again after `delayMs`; 0 gives it back at once. */
  async postpone(job: Job, reason: string, delayMs: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(POSTPONE, [...keyOf(job), reason, delayMs]);
    return rowCount === 1;
  }

  /** Forgets what was settled longer ago than this, and connections that are gone. @returns how many jobs */
  async purge(keptMs: number): Promise<number> {
    let purged = 0;
    for (let deleted = PURGED_AT_ONCE; deleted === PURGED_AT_ONCE; purged += deleted) {
      deleted = (await this.pool.query(PURGE, [keptMs, PURGED_AT_ONCE])).rowCount ?? 0;
    }
    await this.pool.query(PURGE_CONNECTIONS);
    return purged;
  }
}

const keyOf = ({ headers, event, attempts }: Job) => [headers.tenant, event.transactionId, attempts];
