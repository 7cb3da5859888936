import { readCode, readIdentifier, readText, readTimestamp, type JsonObject } from '@claimwire/provider-kit';
import type { Timestamp } from '@claimwire/contracts';

/** What the ingress needs of a body. */
export interface ClaimStatusChangeHead {
  claimFhirId: string;
  organizationId: string | null;
  timestamp: Timestamp;
}

/** Body of a CLAIM_STATUS_CHANGE webhook, as far as the hub uses it. */
export interface ClaimStatusChange extends ClaimStatusChangeHead {
  claimLifecycleId: string | null;
  newStatus: string | null;
  previousStatus: string | null;
  /** Free text. */
  submissionFailureErrors: string[];
  statusCode277: string | null;
}

/** @returns a constant reason code where there is nothing to work with */
export function readClaimStatusChangeHead(body: JsonObject): ClaimStatusChangeHead | string {
  const claimFhirId = readIdentifier(body.claimFhirId);
  if (claimFhirId === null) return 'claim_id_missing';
  const timestamp = readTimestamp(body.timestamp);
  if (timestamp === null) return 'event_time_missing';
  return { claimFhirId, organizationId: readIdentifier(body.organizationId), timestamp };
}

/** @returns a constant reason code where there is nothing to work with */
export function readClaimStatusChange(body: JsonObject): ClaimStatusChange | string {
  const head = readClaimStatusChangeHead(body);
  if (typeof head === 'string') return head;
  const errors: unknown[] = Array.isArray(body.submissionFailureErrors) ? body.submissionFailureErrors : [];
  return {
    ...head,
    claimLifecycleId: readIdentifier(body.claimLifecycleId),
    newStatus: readCode(body.newStatus),
    previousStatus: readCode(body.previousStatus),
    submissionFailureErrors: errors.map((error) => readText(error)).filter((text) => text !== null),
    statusCode277: readCode(body.statusCode277),
  };
}
