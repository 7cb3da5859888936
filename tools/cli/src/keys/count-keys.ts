import type { Queryable } from '@claimwire/postgres';
import { keyIdOf, SEALED_COLUMNS } from './sealed-columns.js';

/** Rows that are sealed under one key, by table. */
export interface KeyUse {
  keyId: string;
  rows: Record<string, number>;
  total: number;
}

/** By key id, the keys of the ring first and in its order, then those that are not in it. */
export async function countKeys(pool: Queryable, keyIds: readonly string[]): Promise<KeyUse[]> {
  const uses = new Map<string, KeyUse>(keyIds.map((keyId) => [keyId, { keyId, rows: {}, total: 0 }]));
  const add = (keyId: string, table: string, count: number): void => {
    const use = uses.get(keyId) ?? { keyId, rows: {}, total: 0 };
    use.rows[table] = (use.rows[table] ?? 0) + count;
    use.total += count;
    uses.set(keyId, use);
  };
  for (const { table, column } of SEALED_COLUMNS) {
    const { rows } = await pool.query<{ key_id: string | null; count: string }>(
      `select ${keyIdOf(column)} as key_id, count(*) from ${table} t where t.${column} is not null group by 1`,
    );
    for (const { key_id, count } of rows) if (key_id !== null) add(key_id, table, Number(count));
  }
  // Older than the column that keeps their hashing key: the ring's key itself is still needed.
  const { rows } = await pool.query<{ key_id: string }>('select key_id from erasure_keys where sealed is null');
  for (const { key_id } of rows) add(key_id, 'erasure_keys', 1);
  return [...uses.values()];
}
