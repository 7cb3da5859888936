import { PG_POOL, type Pool, type PoolClient } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';

/** One walk over a connection's transactions: those from `from` on and not after `horizon`. Both are cut to milliseconds. */
export interface Sweep {
  tenant: string;
  connection: string;
  /** Which claim on the connection this is; an older one saves nothing. */
  epoch: string;
  from: Date;
  horizon: Date;
  /** null at the beginning. */
  pageToken: string | null;
}

interface Row {
  tenant_id: string;
  connection_id: string;
  epoch: string;
  poll_from: Date;
  poll_horizon: Date;
  poll_page_token: string | null;
}

/** How long nobody else takes the connection up after its poller said nothing any more. */
const LEASE_MS = 60_000;

/** Every connection has its row, whether a job was made or not. */
const ENROL = `
  insert into stedi_report_connections (connection_id, tenant_id)
  select id, tenant_id from connections where provider = 'stedi' order by 1 on conflict do nothing`;

/**
 * One replica gets the connection that is due longest. A sweep that was left unfinished goes on; a new one begins before
 * the end of the last and looks up to where webhooks have had their chance.
 */
const TAKE = `
  with next as materialized (
    select connection_id from stedi_report_connections
    where poll_due_at <= now() and paused_at is null and exists (select from connections where id = connection_id)
    order by poll_due_at limit 1 for update skip locked)
  update stedi_report_connections s set poll_epoch = poll_epoch + 1, poll_due_at = now() + $1::int * interval '1 ms',
    poll_horizon = coalesce(poll_horizon, now() - $2::float8 * interval '1 ms'),
    poll_from = coalesce(poll_from, greatest(c.created_at, now() - $3::float8 * interval '1 ms'))
  from next, connections c
  where s.connection_id = next.connection_id and c.id = next.connection_id
  returning s.tenant_id, s.connection_id, poll_epoch::text as epoch, poll_from, poll_horizon, poll_page_token`;

const ANSWERED = 'polled_at = now(), poll_failure = null, poll_failed_at = null';

/** A request to poll takes from the same bucket as the jobs'. */
const SAVE_PAGE = `
  update stedi_report_connections set poll_page_token = $3, poll_due_at = now() + $4::int * interval '1 ms',
    tokens = tokens - 1, ${ANSWERED}
  where connection_id = $1 and poll_epoch = $2`;

/** The next one overlaps by the lag: a transaction can be listed later than its time says. */
const SAVE_END = `
  update stedi_report_connections set poll_page_token = null, poll_horizon = null,
    poll_from = greatest(poll_from, poll_horizon - $3::float8 * interval '1 ms'),
    poll_due_at = now() + $4::float8 * interval '1 ms', tokens = tokens - 1, ${ANSWERED}
  where connection_id = $1 and poll_epoch = $2`;

const PUT_OFF = `
  update stedi_report_connections set poll_due_at = now() + $3::float8 * interval '1 ms',
    poll_page_token = case when $4 then null else poll_page_token end,
    poll_failure = coalesce($5, poll_failure), poll_failed_at = case when $5 is null then poll_failed_at else now() end
  where connection_id = $1 and poll_epoch = $2`;

/** Nothing was asked: the next sweep begins where this one would have. */
const SKIP = `
  update stedi_report_connections set poll_due_at = now() + $3::float8 * interval '1 ms', poll_horizon = null
  where connection_id = $1 and poll_epoch = $2`;

const FORGET = `
  update stedi_report_connections set poll_due_at = now() + $3::float8 * interval '1 ms',
    poll_from = null, poll_horizon = null, poll_page_token = null, poll_failure = null, poll_failed_at = null
  where connection_id = $1 and poll_epoch = $2`;

const FOUND = `
  update stedi_report_connections set missed = missed + $2, missed_at = now() where connection_id = $1`;

/** Stored cursors of polling: who polls, where it stands. */
@Injectable()
export class PollSweeps {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly config: StediReportsConfig,
  ) {}

  async enrol(): Promise<void> {
    await this.pool.query(ENROL);
  }

  /** @returns null when no connection is due */
  async take(): Promise<Sweep | null> {
    const { BACKFILL_LAG_MS, BACKFILL_FIRST_LOOK_MS } = this.config;
    const { rows } = await this.pool.query<Row>(TAKE, [LEASE_MS, BACKFILL_LAG_MS, BACKFILL_FIRST_LOOK_MS]);
    const [row] = rows;
    if (!row) return null;
    return {
      tenant: row.tenant_id,
      connection: row.connection_id,
      epoch: row.epoch,
      from: row.poll_from,
      horizon: row.poll_horizon,
      pageToken: row.poll_page_token,
    };
  }

  /**
   * Inside the transaction that makes a page's jobs: the cursor moves with them. Locks the connection's row.
   * @param nextPageToken null ends the sweep
   * @returns false when another process has taken the connection since: roll back
   */
  async save(client: PoolClient, { connection, epoch }: Sweep, nextPageToken: string | null): Promise<boolean> {
    const { BACKFILL_LAG_MS, BACKFILL_INTERVAL_MS } = this.config;
    const { rowCount } =
      nextPageToken === null
        ? await client.query(SAVE_END, [connection, epoch, BACKFILL_LAG_MS, BACKFILL_INTERVAL_MS])
        : await client.query(SAVE_PAGE, [connection, epoch, nextPageToken, LEASE_MS]);
    return rowCount === 1;
  }

  /** There is nothing to poll: once there is, polling looks back from then. */
  async forget({ connection, epoch }: Sweep): Promise<void> {
    await this.pool.query(FORGET, [connection, epoch, this.config.BACKFILL_INTERVAL_MS]);
  }

  /** Inside the same transaction: what no webhook had announced. */
  async found(client: PoolClient, { connection }: Sweep, missed: number): Promise<void> {
    if (missed > 0) await client.query(FOUND, [connection, missed]);
  }

  /** There is nothing to ask for yet. */
  async skip({ connection, epoch }: Sweep): Promise<void> {
    await this.pool.query(SKIP, [connection, epoch, this.config.BACKFILL_INTERVAL_MS]);
  }

  /**
   * @param failure why, where Stedi's answer is the reason
   * @param fromStart its page token is no longer taken: the sweep begins again, and finds its own jobs there
   */
  async putOff(
    { connection, epoch }: Sweep,
    delayMs: number,
    failure: string | null = null,
    fromStart = false,
  ): Promise<void> {
    await this.pool.query(PUT_OFF, [connection, epoch, delayMs, fromStart, failure]);
  }
}
