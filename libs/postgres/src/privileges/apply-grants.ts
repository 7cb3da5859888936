import type pg from 'pg';
import { grantsOf } from './grant-statements.js';
import { DATABASE_ROLES, type DatabaseRole } from './table-grants.js';

/**
 * Gives each role that exists what this version needs; takes nothing away, since the version before may still run. A
 * deployment without roles is left as it is.
 * @returns the roles that exist
 */
export async function applyGrants(client: pg.Client): Promise<DatabaseRole[]> {
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [
    DATABASE_ROLES,
  ]);
  const there = new Set(rows.map(({ rolname }) => rolname));
  const roles = DATABASE_ROLES.filter((role) => there.has(role));
  // several statements in one message are one transaction
  if (roles.length > 0) await client.query(roles.flatMap(grantsOf).join('\n'));
  return roles;
}
