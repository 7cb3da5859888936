import { encodeHeaders, NOTICES_TOPIC, type Notice } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';

/** @param message the notice as stored: Kafka carries the same bytes as PostgreSQL and a delivery */
export function hubNoticeRecord(message: string): PublishRecord {
  const { id, type, tenant, entity, receivedAt } = JSON.parse(message) as Notice;
  const headers = encodeHeaders({
    id,
    source: '/claimwire/fanout',
    type,
    time: receivedAt,
    tenant,
    // The hub itself is the source: no connection is.
    connection: '',
    contentType: 'application/json',
  });
  const key = `${encodeURIComponent(tenant)}/${encodeURIComponent(entity)}`;
  return { topic: NOTICES_TOPIC, key, value: message, headers };
}
