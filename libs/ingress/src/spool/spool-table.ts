import type { Pool, PoolClient } from '@claimwire/postgres';
import type { SpoolEntry } from './spool-entry.js';

export interface SpoolUsage {
  rows: number;
  bytes: number;
  /** Of the oldest event; 0 when there is none. */
  oldestAgeSeconds: number;
}

export interface SpoolBounds {
  maxRows: number;
  maxBytes: number;
}

export interface StoredEntry extends SpoolEntry {
  id: string;
}

/** One statement = one commit for all of them, and none where they do not all fit. */
const INSERT = `
  with room as (
    update ingress_spool_usage set rows = rows + $5, bytes = bytes + $6
    where rows + $5 <= $7 and bytes + $6 <= $8
    returning true)
  insert into ingress_spool (tenant_id, ce_id, topic, sealed)
  select tenant_id, ce_id, topic, sealed
  from room, unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) with ordinality as new (tenant_id, ce_id, topic, sealed, place)
  order by place`;

/** The oldest that are due: at most so many rows, and so many bytes unless the first alone is larger. */
const OLDEST = `
  with head as (
    select id, octet_length(sealed) as bytes from ingress_spool where retry_at <= now() order by id limit $1),
  sums as (select id, sum(bytes) over (order by id) - bytes as before from head)
  select id, tenant_id as tenant, ce_id as "ceId", topic, sealed
  from ingress_spool join sums using (id) where before < $2 order by id`;

const DELETE = `
  with gone as (delete from ingress_spool where id = any($1::bigint[]) returning octet_length(sealed) as bytes)
  update ingress_spool_usage
  set rows = rows - (select count(*) from gone), bytes = bytes - (select coalesce(sum(bytes), 0) from gone)`;

const USAGE = `
  select rows::float8, bytes::float8,
    coalesce((select extract(epoch from now() - spooled_at) from ingress_spool order by id limit 1), 0)::float8
      as "oldestAgeSeconds"
  from ingress_spool_usage`;

/** Any constant that nothing else locks by: "spool" in letters of a telephone. */
const DRAIN_LOCK = 77665;

/** The statements of the spool. */
export class SpoolTable {
  constructor(private readonly pool: Pool) {}

  /** @returns false when they do not all fit: then none is stored */
  async insert(
    entries: readonly SpoolEntry[],
    { maxRows, maxBytes }: SpoolBounds,
    timeoutMs: number,
  ): Promise<boolean> {
    const bytes = entries.reduce((sum, { sealed }) => sum + sealed.length, 0);
    const columns = [
      entries.map(({ tenant }) => tenant),
      entries.map(({ ceId }) => ceId),
      entries.map(({ topic }) => topic),
      entries.map(({ sealed }) => sealed),
    ];
    const values = [...columns, entries.length, bytes, maxRows, maxBytes];
    // pg honours the timeout per query, its types know it for a client only.
    const query = { text: INSERT, values, query_timeout: timeoutMs };
    const { rowCount } = await this.pool.query(query);
    return rowCount === entries.length;
  }

  async usage(): Promise<SpoolUsage> {
    const { rows } = await this.pool.query<SpoolUsage>(USAGE);
    return rows[0]!;
  }

  /** Within a transaction: true for one of all replicas, until that transaction ends. */
  async lockForDraining(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
      DRAIN_LOCK,
    ]);
    return rows[0]!.locked;
  }

  async oldest(client: PoolClient, maxRows: number, maxBytes: number): Promise<StoredEntry[]> {
    return (await client.query<StoredEntry>(OLDEST, [maxRows, maxBytes])).rows;
  }

  async delete(client: PoolClient, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await client.query(DELETE, [ids]);
  }

  async postpone(client: PoolClient, ids: readonly string[], seconds: number): Promise<void> {
    if (ids.length === 0) return;
    const update = `update ingress_spool set retry_at = now() + $2 * interval '1 second' where id = any($1::bigint[])`;
    await client.query(update, [ids, seconds]);
  }
}
