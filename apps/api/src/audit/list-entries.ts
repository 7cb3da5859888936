import type { Keyring } from '@claimwire/keyring';
import { AuditEntry } from '@claimwire/postgres/schema';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../auth/caller.js';
import type { AuditEntryView, AuditFilter } from './audit.dto.js';
import { claimReferences } from './claim-reference.js';

/** Enough to be fast, and no more than a little memory. */
const EXPORT_PAGE = 1_000;

/** Entries of the caller's tenant, or of none; the builder's alias is `entry`. */
export function entriesOf(
  manager: EntityManager,
  keyring: Keyring,
  { tenant }: Principal,
  { since, until, action, actor, target, claim }: AuditFilter,
): SelectQueryBuilder<AuditEntry> {
  const builder = manager.getRepository(AuditEntry).createQueryBuilder('entry');
  if (tenant === null) builder.where('entry.tenant_id is null');
  else builder.where('entry.tenant_id = :tenant', { tenant });
  if (since !== undefined) builder.andWhere('entry.at >= :since', { since });
  if (until !== undefined) builder.andWhere('entry.at < :until', { until });
  if (action !== undefined) builder.andWhere('entry.action = :action', { action });
  if (actor !== undefined) builder.andWhere('entry.actor = :actor', { actor });
  if (target !== undefined) builder.andWhere('entry.target = :target', { target });
  if (claim !== undefined) builder.andWhere('entry.target = any(:claims)', { claims: claimReferences(keyring, claim) });
  return builder;
}

export const viewOf = (entry: AuditEntry): AuditEntryView => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  action: entry.action,
  target: entry.target,
  detail: entry.detail,
});

/** One JSON line per entry, oldest first, read page by page as the caller takes them. @param select a new builder each time */
export async function* exportLines(select: () => SelectQueryBuilder<AuditEntry>): AsyncGenerator<string> {
  for (let after = '0'; ;) {
    const rows = await select()
      .andWhere('entry.id > :after', { after })
      .orderBy('entry.id', 'ASC')
      .take(EXPORT_PAGE)
      .getMany();
    if (rows.length > 0) yield rows.map((entry) => `${JSON.stringify(viewOf(entry))}\n`).join('');
    if (rows.length < EXPORT_PAGE) return;
    after = rows.at(-1)!.id;
  }
}
