import type { QuarantineItem } from '@claimwire/postgres/schema';
import type { QuarantineView } from './quarantine.dto.js';

export const toView = (item: QuarantineItem): QuarantineView => ({
  id: item.id,
  eventId: item.ceId,
  eventType: item.ceType,
  connection: item.connectionId,
  reason: item.reason,
  stage: item.stage,
  sourceTopic: item.sourceTopic,
  sourcePartition: item.sourcePartition,
  sourceOffset: item.sourceOffset,
  status: item.status,
  attempt: item.attempt,
  previousId: item.previousId,
  receivedAt: item.receivedAt.toISOString(),
  expiresAt: item.expiresAt.toISOString(),
  settledAt: item.settledAt?.toISOString() ?? null,
  discardReason: item.discardReason,
});
