import type { Queryable } from '@claimwire/postgres';

/** Of the advisory lock that every writer of configuration holds until it ends (migration 0015). */
const LOCK_CLASS = 7_302_011;

/** `virtualtransaction` of those that hold it: each names one transaction, and no later one. */
const OPEN_WRITERS = `
select distinct virtualtransaction as writer from pg_locks
where locktype = 'advisory' and classid = ${LOCK_CLASS} and objsubid = 2 and granted and pid is distinct from pg_backend_pid()
  and database = (select oid from pg_database where datname = current_database())`;

const CHANGED = 'select distinct webhook_id as id from configuration_changes where version > $1';

export async function readVersion(client: Queryable): Promise<bigint> {
  const { rows } = await client.query<{ version: string }>('select last_value as version from configuration_version');
  return BigInt(rows[0]?.version ?? 0);
}

/**
 * Transactions that have changed the configuration, or are about to, and have not ended. Asked for after the version:
 * whoever raised it before then is among them or has ended, and what has ended is seen by the next statement.
 */
export async function readOpenWriters(client: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ writer: string }>(OPEN_WRITERS);
  return new Set(rows.map(({ writer }) => writer));
}

/** Webhooks that a committed change after this version was about. */
export async function readChanged(client: Queryable, since: bigint): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(CHANGED, [String(since)]);
  return rows.map(({ id }) => id);
}
