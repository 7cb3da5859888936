import { isBodiless, statusOnlyBody } from '@claimwire/contracts';
import { Delivery, DeliveryAttempt, type Webhook } from '@claimwire/postgres/schema';
import { In, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { findEvent } from '../claims/find-event.js';
import { pageById, type Page } from '../http/page.js';
import { notFound, Problem } from '../http/problem.js';
import type { AttemptDetail, AttemptView, ListLogs } from './deliveries.dto.js';

/** Attempts of a webhook, newest first. */
export async function listAttempts(
  manager: EntityManager,
  webhookId: string,
  query: ListLogs,
): Promise<Page<AttemptView>> {
  const builder = manager.createQueryBuilder(DeliveryAttempt, 'attempt');
  builder.where('attempt.webhook_id = :webhookId', { webhookId });
  const { eventId, claimKey, status, error, outcome, since, until } = query;
  if (eventId !== undefined || claimKey !== undefined) await whereDeliveries(manager, builder, webhookId, query);
  if (status !== undefined) builder.andWhere('attempt.status = :status', { status });
  if (error !== undefined) builder.andWhere('attempt.error = :error', { error });
  if (outcome === 'failed') builder.andWhere('(attempt.status >= 300 or attempt.error is not null)');
  // Bounds leave out the days that lie outside of them.
  if (since !== undefined) builder.andWhere('attempt.at >= :since', { since });
  if (until !== undefined) builder.andWhere('attempt.at < :until', { until });
  const page = await pageById(builder, query, (attempt) => attempt);
  return { ...page, data: await toViews(manager, page.data) };
}

/** The newest attempts of one delivery, newest first. */
export async function findAttempts(manager: EntityManager, { id }: Delivery, limit: number): Promise<AttemptView[]> {
  const where = { deliveryId: id };
  return toViews(manager, await manager.find(DeliveryAttempt, { where, order: { id: 'DESC' }, take: limit }));
}

/** With the body as it was sent, unless `payload` was changed since. @throws Problem 404 */
export async function inspectAttempt(
  manager: EntityManager,
  caller: Caller,
  { id: webhookId, method, payload }: Webhook,
  id: string,
): Promise<AttemptDetail> {
  const attempt = /^\d{1,18}$/.test(id) ? await manager.findOneBy(DeliveryAttempt, { id, webhookId }) : null;
  if (!attempt) throw notFound('attempt');
  const [view] = (await toViews(manager, [attempt])) as [AttemptView];
  if (isBodiless(method)) return { ...view, requestBody: null };
  try {
    const message = await findEvent(manager, caller, attempt.eventId);
    return { ...view, requestBody: payload === 'full' ? message : statusOnlyBody(message) };
  } catch (error) {
    // The event was erased, its attempts were not yet.
    if (error instanceof Problem) return { ...view, requestBody: null };
    throw error;
  }
}

/** Attempts are found by their deliveries' ids, which rise: an index on event ids would cost every try more. */
async function whereDeliveries(
  manager: EntityManager,
  builder: SelectQueryBuilder<DeliveryAttempt>,
  webhookId: string,
  { eventId, claimKey }: ListLogs,
): Promise<void> {
  const rows: { id: string }[] = await manager.query(
    `select id from deliveries where webhook_id = $1 and ($2::text is null or event_id = $2)
       and ($3::text is null or (claim_key = $3 and event_id = any (
         array(select event_id from claim_events where claim_key = $3 union all select $3))))`,
    [webhookId, eventId ?? null, claimKey ?? null],
  );
  const ids = rows.map(({ id }) => id);
  // Purged deliveries leave attempts: without their ids the event's is looked for, which takes longer.
  if (ids.length === 0 && eventId !== undefined) builder.andWhere('attempt.event_id = :eventId', { eventId });
  else builder.andWhere('attempt.delivery_id = any (:ids)', { ids });
}

/** An attempt outlives its delivery: what only the delivery knows is null then. */
async function toViews(manager: EntityManager, attempts: DeliveryAttempt[]): Promise<AttemptView[]> {
  const ids = [...new Set(attempts.map(({ deliveryId }) => deliveryId))];
  const deliveries = ids.length === 0 ? [] : await manager.findBy(Delivery, { id: In(ids) });
  const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  return attempts.map((attempt) => toView(attempt, byId.get(attempt.deliveryId)));
}

function toView(attempt: DeliveryAttempt, delivery: Delivery | undefined): AttemptView {
  const { id, deliveryId, eventId, number, at, status, error, phases, request, response } = attempt;
  return {
    id,
    deliveryId,
    eventId,
    eventType: delivery?.eventType ?? null,
    claimKey: delivery?.claimKey ?? null,
    version: delivery?.version ?? null,
    replayId: delivery?.replayId || null,
    number,
    at: at.toISOString(),
    status,
    error,
    phases,
    request,
    response,
  };
}
