import { userInfo } from 'node:os';
import type { Queryable } from '@claimwire/postgres';

/** Whoever runs the command, as the machine knows them. */
export const cliActor = (): string => `cli:${userInfo().username}`;

/**
 * An entry in the audit log of what a command changed by itself, not through the API; it belongs to no tenant.
 * @param detail names and counts, never a secret or payload
 */
export async function auditCli(
  client: Queryable,
  action: string,
  target: string | null,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await client.query('insert into audit_log (tenant_id, actor, action, target, detail) values (null, $1, $2, $3, $4)', [
    cliActor(),
    action,
    target,
    JSON.stringify(detail),
  ]);
}
