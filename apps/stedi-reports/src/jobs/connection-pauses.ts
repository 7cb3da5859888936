import { PG_POOL, type Pool } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';

/** Where the settings were changed meanwhile, the refusal says nothing of the new ones. */
const PAUSE = `
  with paused as (
    update stedi_report_connections s set paused_at = now(), pause_reason = $2, paused_version = c.updated_at
    from connections c
    where s.connection_id = $1 and c.id = $1 and c.updated_at = $3::timestamptz and s.paused_at is null
    returning s.tenant_id)
  insert into audit_log (tenant_id, actor, action, target, detail)
  select tenant_id, 'stedi-reports', 'connection.reports_paused', $1, jsonb_build_object('reason', $2::text) from paused`;

/**
 * Also where the connection is gone: its jobs must end. They begin anew, with all the time to be had. Rows are locked in the
 * order of whoever inserts jobs.
 */
const RESUME = `
  with resumed as (
    update stedi_report_connections s set paused_at = null, pause_reason = null, paused_version = null
    where paused_at is not null
      and not exists (select from connections where id = s.connection_id and updated_at = s.paused_version)
    returning connection_id, tenant_id),
  held as materialized (
    select j.tenant_id, j.transaction_id from stedi_jobs j join resumed using (connection_id)
    where state = 'waiting' and leased_until is null order by 1, 2 for update of j),
  again as (
    update stedi_jobs j set due_at = now(), attempts = 0, first_attempt_at = null from held
    where j.tenant_id = held.tenant_id and j.transaction_id = held.transaction_id)
  insert into audit_log (tenant_id, actor, action, target)
  select tenant_id, 'stedi-reports', 'connection.reports_resumed', connection_id from resumed`;

const THROTTLE = `
  update stedi_report_connections set ready_at = greatest(ready_at, now() + $2::int * interval '1 ms')
  where connection_id = $1`;

/** Connections whose jobs may not run now; the rows are there for whoever shows a connection. */
@Injectable()
export class ConnectionPauses {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /**
   * Stops all jobs of a connection until it is changed.
   * @param version of the settings that were refused
   * @returns true when this call paused it: it was running, with these settings
   */
  async pause(connection: string, version: string, reason: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(PAUSE, [connection, reason, version]);
    return rowCount === 1;
  }

  /** Lets every connection run that was changed since it was paused. @returns how many */
  async resumeChanged(): Promise<number> {
    return (await this.pool.query(RESUME)).rowCount ?? 0;
  }

  /** No request of this connection for so long: Stedi answered 429 to one of them. */
  async throttle(connection: string, milliseconds: number): Promise<void> {
    await this.pool.query(THROTTLE, [connection, milliseconds]);
  }
}
