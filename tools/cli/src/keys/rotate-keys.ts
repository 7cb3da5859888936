import { setTimeout as sleep } from 'node:timers/promises';
import type { Keyring } from '@claimwire/keyring';
import { inTransaction, sealErasureKey, type Pool, type PoolClient } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { Progress } from '../progress.js';
import { countKeys } from './count-keys.js';
import { keyIdOf, SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

export interface Rotation {
  activeKey: string;
  /** Sealed anew by this run. */
  rotated: number;
  /** Rows that no key of the ring opens: they were damaged, or moved from another place. By table. */
  unreadable: Record<string, number>;
  interrupted: boolean;
}

/** Pages of a table, 8 KiB each, in one transaction: some hundred rows, locked for some ten milliseconds. */
const PAGES = 16;
/** A row that an app holds is left for the next look. */
const LOOK_AGAIN_MS = 200;

interface Row {
  at: string;
  tenant: string;
  row: string;
  sealed: Buffer;
}

/**
 * Seals everything anew that a key other than the active one has sealed, beside running apps that have both: each row is
 * locked, opened, sealed and written in one short transaction, a row that is held is left for later, and no two rows wait for
 * each other. Cut short, the next run goes on with the rest.
 */
export async function rotateKeys(cli: Cli, pool: Pool, keyring: Keyring): Promise<Rotation> {
  const [activeKey = '', ...olderKeys] = keyring.keyIds;
  const rotation: Rotation = { activeKey, rotated: 0, unreadable: {}, interrupted: false };
  await keepErasureKeys(pool, keyring);
  const uses = await countKeys(pool, keyring.keyIds);
  const total = uses.filter(({ keyId }) => olderKeys.includes(keyId)).reduce((sum, use) => sum + use.total, 0);
  const progress = new Progress(cli, 'sealed rows', total);
  for (const column of SEALED_COLUMNS) {
    for (;;) {
      const pass = await rotateTable(cli, pool, keyring, column, (rows) => {
        rotation.rotated += rows;
        progress.add(rows);
      });
      if (cli.signal.aborted) return { ...rotation, interrupted: true };
      const left = await countOlder(pool, column, olderKeys);
      if (pass.unreadable > 0) rotation.unreadable[column.table] = pass.unreadable;
      if (left <= pass.unreadable) break;
      await sleep(LOOK_AGAIN_MS);
    }
  }
  return rotation;
}

/** Gives the ledger of erasures the keys of its own that it had not when they were made. */
async function keepErasureKeys(pool: Pool, keyring: Keyring): Promise<void> {
  const { rows } = await pool.query<{ key_id: string }>('select key_id from erasure_keys where sealed is null');
  for (const { key_id: keyId } of rows) {
    if (!keyring.keyIds.includes(keyId)) continue;
    await pool.query('update erasure_keys set sealed = $2 where key_id = $1 and sealed is null', [
      keyId,
      sealErasureKey(keyring, keyId),
    ]);
  }
}

/** Once over the whole table. @returns rows that could not be opened */
async function rotateTable(
  cli: Cli,
  pool: Pool,
  keyring: Keyring,
  column: SealedColumn,
  onRotated: (rows: number) => void,
): Promise<{ unreadable: number }> {
  const { rows } = await pool.query<{ pages: string }>(
    `select pg_relation_size($1::regclass) / current_setting('block_size')::int as pages`,
    [column.table],
  );
  let unreadable = 0;
  for (let page = 0; page < Number(rows[0]?.pages); page += PAGES) {
    if (cli.signal.aborted) break;
    const done = await inTransaction(pool, (client) => rotatePages(client, keyring, column, page));
    unreadable += done.unreadable;
    if (done.rotated > 0) onRotated(done.rotated);
  }
  return { unreadable };
}

async function rotatePages(client: PoolClient, keyring: Keyring, column: SealedColumn, page: number) {
  const { table, column: name, tenant, row, join = '' } = column;
  const { rows } = await client.query<Row>(
    `select t.ctid::text as at, ${tenant} as tenant, ${row} as row, t.${name} as sealed from ${table} t ${join}
     where t.ctid >= $1::tid and t.ctid < $2::tid and ${keyIdOf(name)} = any($3::text[])
     for no key update of t skip locked`,
    [`(${page},0)`, `(${page + PAGES},0)`, keyring.keyIds.slice(1)],
  );
  const fresh = rows.flatMap((old) => {
    const place = { tenant: old.tenant, table, row: old.row, column: name };
    const text = openOrNull(keyring, old.sealed, place);
    return text === null ? [] : [{ at: old.at, old: old.sealed, sealed: keyring.seal(text, place) }];
  });
  if (fresh.length > 0) {
    // A row's place cannot change while this transaction has it locked.
    await client.query(
      `update ${table} t set ${name} = fresh.sealed from unnest($1::tid[], $2::bytea[]) as fresh (at, sealed)
       where t.ctid = fresh.at`,
      [fresh.map(({ at }) => at), fresh.map(({ sealed }) => sealed)],
    );
    if (table === 'ingress_spool') {
      const grown = fresh.reduce((sum, { old, sealed }) => sum + sealed.length - old.length, 0);
      await client.query('update ingress_spool_usage set bytes = bytes + $1', [grown]);
    }
  }
  return { rotated: fresh.length, unreadable: rows.length - fresh.length };
}

function openOrNull(keyring: Keyring, sealed: Buffer, place: Parameters<Keyring['open']>[1]): string | null {
  try {
    return keyring.open(sealed, place);
  } catch {
    return null;
  }
}

async function countOlder(pool: Pool, { table, column }: SealedColumn, keyIds: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `select count(*) from ${table} t where t.${column} is not null and ${keyIdOf(column)} = any($1::text[])`,
    [keyIds],
  );
  return Number(rows[0]?.count);
}
