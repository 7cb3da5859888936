import type { ClaimStatus, Reason } from '@claimwire/contracts';
import { claimOutcome, eventTypeOf, hashBody, isExpectedAccount } from '@claimwire/provider-kit';
import type { StatedFact } from '@claimwire/provider-kit';
import {
  readClaimStatusChange,
  readClaimStatusChangeHead,
  type ClaimStatusChange,
} from './claim-status-change.payload.js';
import type { EventReader } from './event-reader.js';

export const CLAIM_STATUS_CHANGE = 'CLAIM_STATUS_CHANGE';
const EVENT_TYPE = eventTypeOf('cair', CLAIM_STATUS_CHANGE);

/** CAIR's statuses as documented; any other is unknown and kept as it is. */
const STATUSES = new Map<string, ClaimStatus>([
  ['Submitted', 'submitted'],
  ['Rejected', 'rejected'],
  ['Failed_To_Submit', 'submission_failed'],
]);

/** Submitting is the practice's side of CAIR; a rejection is a 277CA that came back from the clearinghouse. */
const REPORTED_BY: Partial<Record<ClaimStatus, string>> = {
  submitted: 'provider',
  submission_failed: 'provider',
  rejected: 'clearinghouse',
};

const statusOf = (word: string | null): ClaimStatus => STATUSES.get(word ?? '') ?? 'unknown';

/** CAIR numbers its errors only by the HTTP status inside the text; the text itself is free text. */
function submissionError(text: string): Reason {
  const httpStatus = /\bHTTP (\d{3})\b/.exec(text)?.[1];
  return { system: 'cair.submission_error', code: httpStatus ? `http_${httpStatus}` : 'unspecified', text };
}

function reasonsOf({ statusCode277, submissionFailureErrors }: ClaimStatusChange): Reason[] {
  // 6, 12 and 15 are no rejection codes in X12 list 508: the code is kept as a reason and never classifies.
  const code: Reason[] = statusCode277 === null ? [] : [{ system: 'x12.277', code: statusCode277 }];
  return [...code, ...submissionFailureErrors.map(submissionError)];
}

function stateFact(change: ClaimStatusChange): StatedFact {
  const status = statusOf(change.newStatus);
  return {
    provider: 'cair',
    claimId: change.claimFhirId,
    occurredAt: change.timestamp,
    event: CLAIM_STATUS_CHANGE,
    status,
    providerStatus: change.newStatus,
    claimedPreviousStatus: change.previousStatus === null ? null : statusOf(change.previousStatus),
    reportedBy: REPORTED_BY[status] ?? null,
    reasons: reasonsOf(change),
    aliases: change.claimLifecycleId ? [{ system: 'cair.claimLifecycleId', value: change.claimLifecycleId }] : [],
  };
}

export const claimStatusChange: EventReader = {
  event: CLAIM_STATUS_CHANGE,
  head: { resourceType: true, claimFhirId: true, organizationId: true, timestamp: true },
  recognises: (head) => !('resourceType' in head),
  receive(head, body) {
    const change = readClaimStatusChangeHead(head);
    if (typeof change === 'string') return { kind: 'malformed', reason: change };
    return {
      kind: 'accepted',
      identity: hashBody(body),
      entityId: change.claimFhirId,
      eventType: EVENT_TYPE,
      account: change.organizationId,
    };
  },
  normalise(body, event) {
    const change = readClaimStatusChange(body);
    if (typeof change === 'string') return { kind: 'quarantine', reason: change };
    if (!isExpectedAccount(change.organizationId, event.settings)) {
      return { kind: 'quarantine', reason: 'unexpected_account' };
    }
    return claimOutcome(event, stateFact(change));
  },
};
