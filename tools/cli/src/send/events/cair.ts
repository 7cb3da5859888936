import { randomUUID } from 'node:crypto';
import { cairStatusChange } from '@claimwire/testkit/senders';
import { type EventKind, sameId } from './event-kind.js';

/** What CAIR says beside these statuses. */
const DETAILS: Readonly<Record<string, object>> = {
  Rejected: { statusCode277: '12' },
  Failed_To_Submit: { submissionFailureErrors: ['Failed to submit claim (HTTP 400).'] },
};

export const CAIR_EVENTS: readonly EventKind[] = [
  {
    name: 'status',
    route: 'webhook',
    help: 'CLAIM_STATUS_CHANGE',
    statuses: 'Submitted, Rejected, Failed_To_Submit, or any text',
    defaultStatus: 'Submitted',
    claim: 'claimFhirId',
    newClaim: randomUUID,
    claimId: sameId,
    body: ({ claim, status, at }) =>
      cairStatusChange({
        claimFhirId: claim,
        claimLifecycleId: `lifecycle-of-${claim}`,
        newStatus: status,
        timestamp: at.toISOString(),
        ...DETAILS[status],
      }),
  },
];
