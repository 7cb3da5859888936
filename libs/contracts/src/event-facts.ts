import type { ClaimEvent } from './claim-event.js';
import type { Notice } from './notice.js';

export const BINDING_FILTERS = [
  'provider',
  'connection',
  'status',
  'transaction',
  'partnership',
  'environment',
] as const;
export type BindingFilter = (typeof BINDING_FILTERS)[number];

/** What the filters of a binding ask about an event; null where the event has no such thing. `status` is after the fold. */
export type FilterValues = Record<BindingFilter, string | null>;

/** An event as bindings see it: everything of a delivery that does not depend on the webhook. */
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

export function claimEventFacts(event: ClaimEvent): EventFacts {
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
 * @param connection header `claimwire-connection`, "" or absent for a notice of the hub itself
 */
export function noticeFacts(notice: Notice, connection?: string): EventFacts {
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
