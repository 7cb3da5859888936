import type { MessageHeaders } from '@claimwire/contracts';
import { inTransaction, PG_POOL, type Pool, type PoolClient } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { ConnectionDirectory, type KnownSettings } from '../connection-directory.js';
import type { TransactionFacts } from '../transaction-facts.js';
import type { Job } from './job.js';
import { type ConnectionLimits, planTurn, waitForTokensMs } from './plan-turn.js';

export interface TakenTurn {
  jobs: Job[];
  /** Settings of their connection, by `<tenant>/<connection>`; without: there is no such connection (any more). */
  known: ReadonlyMap<string, KnownSettings>;
  /** Milliseconds until this connection may have another turn; 0 = now. */
  readyInMs: number;
}

interface ConnectionRow {
  tokens: number;
  elapsed: number;
  running: number;
}

interface JobRow {
  origin: Job['origin'];
  headers: MessageHeaders;
  event: TransactionFacts;
  source_topic: string | null;
  source_partition: number | null;
  source_offset: string | null;
  sealed: Buffer;
  attempts: number;
  requests: number;
  age_ms: number;
}

/**
 * The connection that was served longest ago; its row lock makes the limits hold over all replicas. Its earliest job is asked for, not
 * whether there is one that is due: that reads every waiting job of a burst that statistics know nothing of yet.
 */
const NEXT_CONNECTION = `
  select connection_id from stedi_report_connections c
  where paused_at is null and ready_at <= now()
    and (select due_at from stedi_jobs where connection_id = c.connection_id and state = 'waiting'
      order by due_at limit 1) <= now()
    and (select count(*) from stedi_jobs where connection_id = c.connection_id and leased_until > now()) < $1
  order by served_at limit 1 for update skip locked`;

/** Read after the lock was had: the statement above may have seen an older state. */
const STATE = `
  select tokens, extract(epoch from now() - tokens_at)::float8 as elapsed,
    (select count(*)::int from stedi_jobs j where j.connection_id = c.connection_id and leased_until > now()) as running
  from stedi_report_connections c where connection_id = $1 and paused_at is null`;

const TAKE = `
  with due as materialized (
    select tenant_id, transaction_id from stedi_jobs
    where connection_id = $1 and state = 'waiting' and due_at <= now() order by due_at limit $2 for update skip locked)
  update stedi_jobs job set attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, now()),
    leased_until = now() + $3::int * interval '1 ms', due_at = now() + $3::int * interval '1 ms'
  from due where job.tenant_id = due.tenant_id and job.transaction_id = due.transaction_id
  returning origin, event, headers, source_topic, source_partition, source_offset::text, sealed, attempts, requests,
    (extract(epoch from now() - first_attempt_at) * 1000)::float8 as age_ms`;

const SERVED = `
  update stedi_report_connections set served_at = now(), tokens = $2, tokens_at = now(),
    ready_at = greatest(ready_at, now() + $3::int * interval '1 ms')
  where connection_id = $1`;

/** Hands out due jobs, in turns of one connection each. */
@Injectable()
export class JobQueue {
  private readonly limits: ConnectionLimits;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly directory: ConnectionDirectory,
    private readonly config: StediReportsConfig,
  ) {
    this.limits = {
      concurrency: config.CONNECTION_CONCURRENCY,
      requestsPerSecond: config.CONNECTION_REQUESTS_PER_SECOND,
    };
  }

  /** @returns null when no connection has a job that may start now */
  async takeTurn(freeWorkers: number): Promise<TakenTurn | null> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ connection_id: string }>(NEXT_CONNECTION, [this.limits.concurrency]);
      const [next] = rows;
      return next ? this.serve(client, next.connection_id, freeWorkers) : null;
    });
  }

  private async serve(client: PoolClient, connection: string, freeWorkers: number): Promise<TakenTurn> {
    const [state] = (await client.query<ConnectionRow>(STATE, [connection])).rows;
    if (!state) return { jobs: [], known: new Map(), readyInMs: 0 };
    const { tokens, elapsed, running } = state;
    const turn = planTurn({ tokens, elapsedSeconds: elapsed, running }, this.limits, freeWorkers);
    const taken = await client.query<JobRow>(TAKE, [connection, turn.jobs, this.config.JOB_LEASE_MS]);
    const left = turn.tokens - taken.rows.reduce((sum, { requests }) => sum + requests, 0);
    const readyInMs = waitForTokensMs(left, this.limits.requestsPerSecond);
    await client.query(SERVED, [connection, left, readyInMs]);
    const jobs = taken.rows.map(toJob);
    // Within the transaction: jobs whose settings cannot be read are not taken, else nobody had them until their lease ends.
    const known = await this.directory.load([connection], client);
    return { jobs, known, readyInMs };
  }
}

function toJob(row: JobRow): Job {
  const { source_topic: topic, source_partition: partition, source_offset: offset } = row;
  return {
    origin: row.origin,
    headers: row.headers,
    event: row.event,
    source: topic !== null && partition !== null && offset !== null ? { topic, partition, offset } : null,
    sealedMessage: row.sealed,
    attempts: row.attempts,
    ageMs: row.age_ms,
  };
}
