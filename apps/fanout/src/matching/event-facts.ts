import type { ClaimEvent, Notice } from '@claimwire/contracts';

/** What the filters of a binding ask about an event; null where the event has no such thing. */
export interface FilterValues {
  provider: string | null;
  connection: string | null;
  /** State after the fold. */
  status: string | null;
  transaction: string | null;
  partnership: string | null;
  environment: string | null;
}

/** An event as it is matched and stored: everything of a delivery that does not depend on the webhook. */
export interface EventFacts extends FilterValues {
  id: string;
  type: string;
  tenant: string;
  /** A notice has its own id here: nothing comes before it. */
  claimKey: string;
  version: number;
  receivedAt: string;
  /** What a notice is about; null for a claim event. */
  entity: string | null;
}

/** @throws SyntaxError when the message is no JSON: it was not written by Claimwire */
export function claimEventFacts(message: Buffer): EventFacts {
  const event = JSON.parse(message.toString('utf8')) as ClaimEvent;
  const { provider, connection, transaction, partnership, environment } = event.cause;
  return {
    id: event.id,
    type: event.type,
    tenant: event.tenant,
    claimKey: event.claimKey,
    version: event.version,
    receivedAt: event.receivedAt,
    entity: null,
    provider,
    connection,
    status: event.status,
    transaction,
    partnership,
    environment,
  };
}

const textOf = (data: Record<string, unknown>, field: string): string | null => {
  const value = data[field];
  return typeof value === 'string' ? value : null;
};

/**
 * A notice is about no claim: it has the filter values that its `data` names.
 * @param connection header `claimwire-connection`
 * @throws SyntaxError when the message is no JSON
 */
export function noticeFacts(message: Buffer, connection: string): EventFacts {
  const notice = JSON.parse(message.toString('utf8')) as Notice;
  return {
    id: notice.id,
    type: notice.type,
    tenant: notice.tenant,
    claimKey: notice.id,
    version: 0,
    receivedAt: notice.receivedAt,
    entity: notice.entity,
    provider: textOf(notice.data, 'provider'),
    connection: connection || null,
    status: textOf(notice.data, 'status'),
    transaction: textOf(notice.data, 'transaction'),
    partnership: textOf(notice.data, 'partnership'),
    environment: textOf(notice.data, 'environment'),
  };
}
