import type { PoolClient } from '@claimwire/postgres';

interface Made {
  /** Statement that removes it, and the one that makes it again as it was. */
  remove: string;
  make: string;
}

const INDEXES_OF = `
  select
    case when con.oid is null then format('drop index %s', idx.indexrelid::regclass)
      else format('alter table %s drop constraint %I', idx.indrelid::regclass, con.conname) end as remove,
    case when con.oid is null then pg_get_indexdef(idx.indexrelid)
      else format('alter table %s add constraint %I %s', idx.indrelid::regclass, con.conname, pg_get_constraintdef(con.oid))
      end as make
  from pg_index idx left join pg_constraint con on con.conindid = idx.indexrelid
  where idx.indrelid = any($1::text[]::regclass[])
  order by con.oid is null desc, idx.indexrelid`;

/**
 * Work on tables without their indexes, which are built again at once after it: for millions of rows that is many times
 * faster than an entry at a time. Triggers rest meanwhile.
 */
export async function withoutIndexes(
  client: PoolClient,
  tables: readonly string[],
  work: () => Promise<void>,
  tell: (text: string) => void,
): Promise<void> {
  const { rows } = await client.query<Made>(INDEXES_OF, [tables]);
  await client.query(`set maintenance_work_mem = '512MB'; set session_replication_role = replica`);
  for (const { remove } of rows) await client.query(remove);
  await work();
  for (const { make } of rows) {
    tell(make.slice(0, make.indexOf('(')).trim());
    await client.query(make);
  }
  await client.query('reset maintenance_work_mem; reset session_replication_role');
}
