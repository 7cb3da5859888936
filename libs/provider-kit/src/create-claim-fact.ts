import { stageRank, type ClaimFact, type StatedAmounts } from '@claimwire/claim';
import { claimEventId, formatClaimKey, noticeId } from '@claimwire/contracts';
import type { ClaimStatus, NoticeType, Timestamp } from '@claimwire/contracts';
import type { ConnectionSettings, NormaliseOutcome, RawEvent } from './provider.js';
import { isTooFarInFuture } from './timestamp.js';

/** What a provider module must say about its event; the rest of a fact follows from the raw event or is empty. */
export interface StatedFact extends Partial<Omit<ClaimFact, 'amounts' | 'tenant' | 'connection' | 'claimKey' | 'raw'>> {
  /** Provider part of the claim key. */
  provider: string;
  /** The provider's claim id, before any namespace. */
  claimId: string;
  occurredAt: Timestamp;
  status: ClaimStatus;
  event: string;
  amounts?: Partial<StatedAmounts>;
}

const NOTHING_STATED: StatedAmounts = {
  billed: null,
  allowed: null,
  approved: null,
  paid: null,
  patientResponsibility: null,
};

export const DEFAULT_CURRENCY = 'USD';

/** The claim id inside the tenant: `namespace:id` where the connection has an id space of its own. */
const inNamespace = (claimId: string, { claimNamespace }: ConnectionSettings): string =>
  claimNamespace ? `${claimNamespace}:${claimId}` : claimId;

/** Completes a fact from the raw event it was read from. */
export function createClaimFact(event: RawEvent, { claimId, amounts, ...stated }: StatedFact): ClaimFact {
  const { headers, settings, raw } = event;
  return {
    // Two accounts with the same local ids may send equal bodies about different claims: the namespace parts them.
    eventId: claimEventId(headers.tenant, headers.id, settings.claimNamespace ?? ''),
    claimKey: formatClaimKey({
      tenant: headers.tenant,
      provider: stated.provider,
      claimId: inNamespace(claimId, settings),
    }),
    tenant: headers.tenant,
    connection: headers.connection,
    stageRank: stageRank(stated.status),
    sequence: [],
    providerStatus: null,
    claimedPreviousStatus: null,
    reportedBy: null,
    transaction: null,
    partnership: null,
    environment: 'production',
    reasons: [],
    currency: settings.currency === undefined ? DEFAULT_CURRENCY : settings.currency,
    remittance: null,
    payment: null,
    lines: [],
    serviceDates: null,
    aliases: [],
    flags: [],
    ...stated,
    amounts: { ...NOTHING_STATED, ...amounts },
    raw,
    receivedAt: headers.time,
  };
}

/** The outcome of an event about one claim: its fact, or quarantine where its time cannot be true. */
export function claimOutcome(event: RawEvent, stated: StatedFact): NormaliseOutcome {
  if (isTooFarInFuture(stated.occurredAt, event.headers.time)) {
    return { kind: 'quarantine', reason: 'event_time_in_future' };
  }
  return { kind: 'facts', facts: [createClaimFact(event, stated)] };
}

export interface StatedNotice {
  type: NoticeType;
  entity: string;
  occurredAt: Timestamp;
  data: Record<string, unknown>;
}

/** The outcome of an event about no claim. */
export function noticeOutcome(event: RawEvent, stated: StatedNotice): NormaliseOutcome {
  if (isTooFarInFuture(stated.occurredAt, event.headers.time)) {
    return { kind: 'quarantine', reason: 'event_time_in_future' };
  }
  return { kind: 'notice', notice: { id: noticeId(event.headers.tenant, event.headers.id), ...stated } };
}

/** Whether the account an event speaks of is one of the connection's; with `expectedAccounts` set, none is not. */
export function isExpectedAccount(account: string | null, { expectedAccounts }: ConnectionSettings): boolean {
  if (!expectedAccounts || expectedAccounts.length === 0) return true;
  return account !== null && expectedAccounts.includes(account);
}
