import { type ReplaySelection } from '@claimwire/postgres';
import { Delivery } from '@claimwire/postgres/schema';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { findAttempts } from '../deliveries/list-attempts.js';
import { pageById, type Page } from '../http/page.js';
import { fieldNotValid, notFound } from '../http/problem.js';
import type {
  FailedDeliveryDetail,
  FailedDeliveryView,
  FailedFilter,
  FailedSelection,
  ListFailed,
  PurgeView,
  RetryErrors,
} from './error-queue.dto.js';

type Selected = Extract<ReplaySelection, { kind: 'error_queue' }>['selection'];

/** Most that one request removes: it is one transaction. */
const LARGEST_PURGE = 10_000;
const SHOWN_ATTEMPTS = 100;

/** @throws Problem 422 unless exactly one way to select is stated */
export function readSelection({ ids, all, filter, since }: FailedSelection & Pick<RetryErrors, 'since'>): Selected {
  if ([ids, all, filter, since].filter((value) => value !== undefined).length !== 1) {
    throw fieldNotValid('', 'state exactly one of ids, all, since and filter');
  }
  if (filter && Object.values(filter).every((value) => value === undefined)) {
    throw fieldNotValid('filter', 'filter must state something; {"all": true} selects the whole queue');
  }
  return { ...(ids ? { ids } : {}), ...(since ? { since } : {}), ...filter };
}

/** Deliveries that used up their retries, newest first. */
export function listFailed(
  manager: EntityManager,
  webhookId: string,
  query: ListFailed,
): Promise<Page<FailedDeliveryView>> {
  return pageById(select(manager, webhookId, query), query, toFailed);
}

/** @throws Problem 404 */
export async function inspectFailed(
  manager: EntityManager,
  webhookId: string,
  id: string,
): Promise<FailedDeliveryDetail> {
  const delivery = await findFailed(manager, webhookId, id);
  return { ...toFailed(delivery), log: await findAttempts(manager, delivery, SHOWN_ATTEMPTS) };
}

/** @throws Problem 404, also for a delivery that is not in the queue (any more) */
export async function findFailed(manager: EntityManager, webhookId: string, id: string): Promise<Delivery> {
  const isId = /^\d{1,18}$/.test(id);
  const delivery = isId ? await manager.findOneBy(Delivery, { id, webhookId, state: 'exhausted' }) : null;
  if (!delivery) throw notFound('delivery in the error queue');
  return delivery;
}

/** Removes them for good; the log of their attempts stays for its time. */
export async function purge(manager: EntityManager, webhookId: string, selected: Selected): Promise<PurgeView> {
  const chunk = select(manager, webhookId, selected).select('delivery.id', 'id').orderBy('delivery.id');
  const rows = await chunk.limit(LARGEST_PURGE).setLock('pessimistic_write').getRawMany<{ id: string }>();
  const deleted = rows.length;
  await manager.query('delete from deliveries where id = any ($1)', [rows.map(({ id }) => id)]);
  return { deleted, remaining: deleted < LARGEST_PURGE ? 0 : await select(manager, webhookId, selected).getCount() };
}

function select(
  manager: EntityManager,
  webhookId: string,
  { ids, eventType, eventId, claimKey, error, since, until }: FailedFilter & { ids?: string[] },
): SelectQueryBuilder<Delivery> {
  const builder = manager.createQueryBuilder(Delivery, 'delivery');
  builder.where(`delivery.webhook_id = :webhookId and delivery.state = 'exhausted'`, { webhookId });
  const conditions = {
    'delivery.id = any (:ids)': { ids },
    'delivery.event_type = :eventType': { eventType },
    'delivery.event_id = :eventId': { eventId },
    'delivery.claim_key = :claimKey': { claimKey },
    'delivery.last_error = :error': { error },
    'delivery.settled_at >= :since': { since },
    'delivery.settled_at < :until': { until },
  };
  for (const [condition, parameter] of Object.entries(conditions)) {
    if (Object.values(parameter)[0] !== undefined) builder.andWhere(condition, parameter);
  }
  return builder;
}

const toFailed = (delivery: Delivery): FailedDeliveryView => ({
  id: delivery.id,
  eventId: delivery.eventId,
  eventType: delivery.eventType,
  claimKey: delivery.claimKey,
  version: delivery.version,
  replayId: delivery.replayId || null,
  attempts: delivery.attempts,
  lastError: delivery.lastError,
  firstAttemptAt: delivery.firstAttemptAt?.toISOString() ?? null,
  createdAt: delivery.createdAt.toISOString(),
  failedAt: delivery.settledAt?.toISOString() ?? null,
});
