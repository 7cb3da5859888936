import { Delivery, DeliveryAttempt } from '@claimwire/postgres';
import type { EntityManager } from 'typeorm';
import { pageById, type Page } from '../http/page.js';
import type { AttemptView, FailedDeliveryView, ListLogs } from './deliveries.dto.js';
import type { PageQuery } from '../http/page.js';

/** Attempts of a webhook, newest first. */
export async function listAttempts(
  manager: EntityManager,
  webhookId: string,
  query: ListLogs,
): Promise<Page<AttemptView>> {
  const builder = manager.createQueryBuilder(DeliveryAttempt, 'attempt');
  builder.where('attempt.webhook_id = :webhookId', { webhookId });
  const { eventId, claimKey, status, error } = query;
  if (eventId !== undefined) builder.andWhere('attempt.event_id = :eventId', { eventId });
  if (status !== undefined) builder.andWhere('attempt.status = :status', { status });
  if (error !== undefined) builder.andWhere('attempt.error = :error', { error });
  if (claimKey !== undefined) {
    builder.andWhere(
      'attempt.delivery_id in (select id from deliveries where webhook_id = :webhookId and claim_key = :claimKey)',
      {
        claimKey,
      },
    );
  }
  const page = await pageById(builder, query, (attempt) => attempt);
  const deliveries = await findDeliveries(manager, page.data);
  return { ...page, data: page.data.map((attempt) => toAttempt(attempt, deliveries.get(attempt.deliveryId))) };
}

/** Deliveries that used up their retries, newest first. */
export function listFailed(
  manager: EntityManager,
  webhookId: string,
  query: PageQuery,
): Promise<Page<FailedDeliveryView>> {
  const builder = manager.createQueryBuilder(Delivery, 'delivery');
  builder.where(`delivery.webhook_id = :webhookId and delivery.state = 'exhausted'`, { webhookId });
  return pageById(builder, query, toFailed);
}

async function findDeliveries(manager: EntityManager, attempts: DeliveryAttempt[]): Promise<Map<string, Delivery>> {
  const ids = [...new Set(attempts.map(({ deliveryId }) => deliveryId))];
  if (ids.length === 0) return new Map();
  const found = await manager
    .createQueryBuilder(Delivery, 'delivery')
    .where('delivery.id in (:...ids)', { ids })
    .getMany();
  return new Map(found.map((delivery) => [delivery.id, delivery]));
}

/** An attempt outlives its delivery: what only the delivery knows is null then. */
function toAttempt(attempt: DeliveryAttempt, delivery: Delivery | undefined): AttemptView {
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
