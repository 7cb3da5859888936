import { PG_POOL, type Pool } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { Job } from './job.js';

/** The present announcement in the form of an alternate: the job can come back to it. */
const PRESENT = `
  jsonb_build_object('connection', job.connection_id, 'origin', job.origin, 'event', job.event, 'headers', job.headers,
    'topic', job.source_topic, 'partition', job.source_partition, 'offset', job.source_offset,
    'sealed', encode(job.sealed, 'base64'), 'requests', job.requests)`;

/** The first announcement by a connection that is there and not paused. */
const HEALTHY = `
  select other.value as next, other.ordinality - 1 as place
  from jsonb_array_elements(j.alternates) with ordinality other
  where exists (select from connections c where c.id = other.value ->> 'connection' and c.tenant_id = j.tenant_id)
    and not exists (select from stedi_report_connections s
      where s.connection_id = other.value ->> 'connection' and s.paused_at is not null)
  order by other.ordinality limit 1`;

const TAKE_OVER = `
  connection_id = next ->> 'connection', origin = next ->> 'origin', event = next -> 'event', headers = next -> 'headers',
  source_topic = next ->> 'topic', source_partition = (next ->> 'partition')::int, source_offset = (next ->> 'offset')::bigint,
  sealed = decode(next ->> 'sealed', 'base64'), requests = (next ->> 'requests')::int,
  first_attempt_at = null, due_at = now(), leased_until = null`;

/** Jobs whose connection is paused, and nobody is at: they wait for a person otherwise. */
const FROM_PAUSED = `
  with stuck as materialized (
    select j.tenant_id, j.transaction_id, healthy.next, healthy.place
    from stedi_report_connections paused join stedi_jobs j on j.connection_id = paused.connection_id
    cross join lateral (${HEALTHY}) healthy
    where paused.paused_at is not null and j.state = 'waiting' and j.leased_until is null and j.alternates <> '[]'
    order by 1, 2 for update of j skip locked)
  update stedi_jobs job set alternates = (job.alternates - place::int) || ${PRESENT}, ${TAKE_OVER}
  from stuck where job.tenant_id = stuck.tenant_id and job.transaction_id = stuck.transaction_id`;

/** One that its connection cannot do: without a way back, so that it ends. */
const ONE = `
  with stuck as materialized (
    select j.tenant_id, j.transaction_id, healthy.next, healthy.place
    from stedi_jobs j cross join lateral (${HEALTHY}) healthy
    where j.tenant_id = $1 and j.transaction_id = $2 and j.attempts = $3 and j.state = 'waiting' for update of j)
  update stedi_jobs job set alternates = job.alternates - place::int, reason = $4, ${TAKE_OVER}
  from stuck where job.tenant_id = stuck.tenant_id and job.transaction_id = stuck.transaction_id`;

/**
 * A transaction that several connections of a tenant announce is the job of the first. Where that one cannot fetch it, the job
 * goes to another that announced it too.
 */
@Injectable()
export class JobMoves {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** @returns how many jobs of paused connections have another one now */
  async fromPaused(): Promise<number> {
    return (await this.pool.query(FROM_PAUSED)).rowCount ?? 0;
  }

  /**
   * Instead of quarantine.
   * @returns false when no other connection announced it
   */
  async toAnother({ headers, event, attempts }: Job, reason: string): Promise<boolean> {
    const moved = await this.pool.query(ONE, [headers.tenant, event.transactionId, attempts, reason]);
    return moved.rowCount === 1;
  }
}
