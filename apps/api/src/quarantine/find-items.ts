import { QuarantineItem } from '@claimwire/postgres/schema';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { fieldNotValid, notFound } from '../http/problem.js';
import type { ItemFilter, ItemSelection } from './quarantine.dto.js';

/** Long enough before the bytes are gone that somebody is back from a weekend. */
const EXPIRING = "item.expires_at < now() + interval '7 days'";

/** Items of the caller's tenant that the filter lets through; the builder's alias is `item`. */
export function itemsOf(
  manager: EntityManager,
  { tenant }: Caller,
  { reason, stage, connection, since, until, expiring }: ItemFilter,
): SelectQueryBuilder<QuarantineItem> {
  const builder = manager.getRepository(QuarantineItem).createQueryBuilder('item');
  builder.where('item.tenant_id = :tenant', { tenant });
  if (reason !== undefined) builder.andWhere('item.reason = :reason', { reason });
  if (stage !== undefined) builder.andWhere('item.stage = :stage', { stage });
  if (connection !== undefined) builder.andWhere('item.connection_id = :connection', { connection });
  if (since !== undefined) builder.andWhere('item.received_at >= :since', { since });
  if (until !== undefined) builder.andWhere('item.received_at < :until', { until });
  if (expiring === 'true') builder.andWhere(`item.status = 'open' and ${EXPIRING}`);
  if (expiring === 'false') builder.andWhere(`not (item.status = 'open' and ${EXPIRING})`);
  return builder;
}

/** @throws Problem 422 unless exactly one of `ids` and `filter` is stated */
export function selectedItems(manager: EntityManager, caller: Caller, { ids, filter }: ItemSelection) {
  if ((ids === undefined) === (filter === undefined)) throw fieldNotValid('', 'state exactly one of ids and filter');
  const builder = itemsOf(manager, caller, filter ?? {});
  return ids === undefined ? builder : builder.andWhere('item.id = any(:ids)', { ids });
}

/** Holds the item until the end of the transaction. @throws Problem 404 */
export async function lockItem(manager: EntityManager, { tenant }: Caller, id: string): Promise<QuarantineItem> {
  const where = { id, tenantId: tenant };
  const item = await manager.findOne(QuarantineItem, { where, lock: { mode: 'pessimistic_write' } });
  if (!item) throw notFound('quarantined event');
  return item;
}
