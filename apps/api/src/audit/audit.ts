import { AuditEntry } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';

/** Who acts: a Principal, or the process itself ("system"). */
export interface Actor {
  actor: string;
  tenant: string | null;
}

/**
 * Adds to the audit log in the caller's transaction, so that no change exists without its entry.
 * What concerns no tenant is for a platform-admin to see.
 * @param action "<object>.<verb>", for example "webhook.created"
 * @param detail names of what changed, never a secret or payload
 */
export async function audit(
  manager: EntityManager,
  { actor, tenant }: Actor,
  action: string,
  target: string | null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await manager.insert(AuditEntry, { actor, tenantId: tenant || null, action, target, detail: detail as object });
}
