import { newId } from '../ids.js';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { wakeSender } from '../webhooks/reauthorize.js';
import type { TestDeliveryView } from './deliveries.dto.js';

/**
 * Rows of lane 0, which no consumer has: the outbox never publishes them, so a test event reaches its one webhook and no
 * other reader of `claims.notices.v1`.
 */
const UNPUBLISHED_LANE = 0;
/** Any constant: numbers the rows of the lane one after another. */
const LANE_LOCK = 7_302_001;

/** Makes a notice of type "webhook.test" and its delivery: signed, sent, retried and logged like every other. */
export async function sendTestEvent(
  manager: EntityManager,
  caller: Caller,
  webhookId: string,
  now = new Date().toISOString(),
): Promise<TestDeliveryView> {
  const eventId = newId('ntc');
  const type = 'webhook.test';
  const notice = { id: eventId, type, tenant: caller.tenant, entity: webhookId, occurredAt: now, receivedAt: now };
  const message = JSON.stringify({ ...notice, data: {} });
  await manager.query('select pg_advisory_xact_lock($1)', [LANE_LOCK]);
  await manager.query(
    `insert into notices (id, tenant_id, entity, type, received_at, message, lane_id, lane_seq)
     select $1, $2, $3, $4, $5, $6, $7, coalesce(max(lane_seq), 0) + 1 from notices where lane_id = $7`,
    [eventId, caller.tenant, webhookId, type, now, message, UNPUBLISHED_LANE],
  );
  await manager.query(
    `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version)
     values ($1, $2, $3, $4, $3, 0)`,
    [caller.tenant, webhookId, eventId, type],
  );
  await audit(manager, caller, 'webhook.tested', webhookId, { eventId });
  await wakeSender(manager, webhookId);
  return { eventId, type };
}
