import type { ClaimStatus } from '@claimwire/contracts';
import { claimOutcome, hashBody, parseJsonObject, toSecondsAndMicroseconds } from '@claimwire/provider-kit';
import type { NormaliseOutcome, RawEvent, Reception, StatedFact } from '@claimwire/provider-kit';
import { parseTpaClaimHead, readTpaClaim, readTpaClaimHead, type TpaClaim } from './claim.payload.js';

export const CLAIM_EVENT_TYPE = 'tpastream.claim';

/** Their statuses as documented. None of them means paid: a status alone never does (README). */
const STATUSES = new Map<string, ClaimStatus>([
  ['In Process', 'pending'],
  ['Processed', 'adjudicated'],
  ['Adjusted', 'adjudicated'],
  ['Partially Approved', 'partially_approved'],
  ['Rejected', 'denied'],
]);

export function receiveClaim(bytes: Buffer): Reception {
  const body = parseTpaClaimHead(bytes);
  if (!body) return { kind: 'malformed', reason: 'not_a_json_object' };
  const claim = readTpaClaimHead(body);
  if (typeof claim === 'string') return { kind: 'malformed', reason: claim };
  return {
    kind: 'accepted',
    identity: hashBody(bytes),
    entityId: claim.id,
    eventType: CLAIM_EVENT_TYPE,
    account: null,
  };
}

function stateFact(claim: TpaClaim): StatedFact {
  return {
    provider: 'tpastream',
    claimId: claim.id,
    occurredAt: claim.occurredAt,
    // Amounts can change while the status, and with it its time, stays.
    sequence: claim.modifiedAt === null ? [] : toSecondsAndMicroseconds(claim.modifiedAt),
    event: 'claim',
    status: STATUSES.get(claim.status ?? '') ?? 'unknown',
    providerStatus: claim.status,
    reportedBy: 'payer',
    amounts: {
      billed: claim.billed,
      allowed: claim.allowed,
      paid: claim.paid,
      patientResponsibility: claim.patientResponsibility,
    },
    payment: claim.payment,
    lines: claim.lines,
    serviceDates: claim.serviceDates,
    aliases:
      claim.vendorSystemId === null ? [] : [{ system: 'tpastream.vendor_system_id', value: claim.vendorSystemId }],
  };
}

export function normaliseClaim(event: RawEvent): NormaliseOutcome {
  const body = parseJsonObject(event.body);
  if (!body) return { kind: 'quarantine', reason: 'not_a_json_object' };
  const claim = readTpaClaim(body);
  return typeof claim === 'string' ? { kind: 'quarantine', reason: claim } : claimOutcome(event, stateFact(claim));
}
