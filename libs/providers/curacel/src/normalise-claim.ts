import type { ClaimLine } from '@claimwire/contracts';
import { claimOutcome, createDateRange, parseJsonObject } from '@claimwire/provider-kit';
import type { NormaliseOutcome, RawEvent, StatedFact } from '@claimwire/provider-kit';
import { statusOf } from './approval-status.js';
import { readCuracelClaim, type CuracelClaim, type CuracelItem } from './claim.payload.js';

/** Order of the two events of one vetting: the claim's own comes before its pile's. */
export const EVENT_SEQUENCE = new Map([
  ['claim.vetted', 0],
  ['claim.pile.vetting_done', 1],
]);

/** An item's description and comments are free text and stay in the raw event. */
const toLine = (item: CuracelItem): ClaimLine => ({
  id: item.ref,
  procedure: null,
  billed: item.billed,
  approved: item.approved,
  paid: null,
  status: item.approvalStatus === undefined ? null : statusOf(item.approvalStatus, item.billed, item.approved),
  reasons: [],
  serviceDates: null,
});

function stateFact(claim: CuracelClaim, event: string, sequence: number): StatedFact {
  return {
    provider: 'curacel',
    claimId: claim.id,
    occurredAt: claim.vettedAt,
    sequence: [sequence],
    event,
    status: statusOf(claim.approvalStatus, claim.billed, claim.approved),
    providerStatus: claim.approvalStatus ?? null,
    reportedBy: 'payer',
    amounts: { billed: claim.billed, approved: claim.approved },
    lines: claim.items.map(toLine),
    serviceDates: createDateRange(claim.encounterDate, null),
    aliases: claim.ref === null ? [] : [{ system: 'curacel.ref', value: claim.ref }],
  };
}

export function normaliseClaim(event: RawEvent): NormaliseOutcome {
  const body = parseJsonObject(event.body);
  if (!body) return { kind: 'quarantine', reason: 'not_a_json_object' };
  const claim = readCuracelClaim(body);
  if (typeof claim === 'string') return { kind: 'quarantine', reason: claim };
  const sequence = EVENT_SEQUENCE.get(claim.event ?? '');
  if (claim.event === null || sequence === undefined) return { kind: 'quarantine', reason: 'unknown_event' };
  // Curacel names no currency and serves several countries: none is assumed.
  const currency = event.settings.currency ?? null;
  return claimOutcome(event, { ...stateFact(claim, claim.event, sequence), currency });
}
