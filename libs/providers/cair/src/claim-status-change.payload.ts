import { readCode, readIdentifier, readText, readTimestamp, type JsonObject } from '@claimwire/provider-kit';
import type { Timestamp } from '@claimwire/contracts';

/** Body of a CLAIM_STATUS_CHANGE webhook, as far as the hub uses it. */
export interface ClaimStatusChange {
  claimFhirId: string;
  claimLifecycleId: string | null;
  organizationId: string | null;
  newStatus: string | null;
  previousStatus: string | null;
  timestamp: Timestamp;
  /** Free text. */
  submissionFailureErrors: string[];
  statusCode277: string | null;
}

/** @returns a constant reason code where there is nothing to work with */
export function readClaimStatusChange(body: JsonObject): ClaimStatusChange | string {
  const claimFhirId = readIdentifier(body.claimFhirId);
  if (claimFhirId === null) return 'claim_id_missing';
  const timestamp = readTimestamp(body.timestamp);
  if (timestamp === null) return 'event_time_missing';
  const errors: unknown[] = Array.isArray(body.submissionFailureErrors) ? body.submissionFailureErrors : [];
  return {
    claimFhirId,
    claimLifecycleId: readIdentifier(body.claimLifecycleId),
    organizationId: readIdentifier(body.organizationId),
    newStatus: readCode(body.newStatus),
    previousStatus: readCode(body.previousStatus),
    timestamp,
    submissionFailureErrors: errors.map((error) => readText(error)).filter((text) => text !== null),
    statusCode277: readCode(body.statusCode277),
  };
}
