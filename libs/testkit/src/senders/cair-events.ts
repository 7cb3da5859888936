import { randomUUID } from 'node:crypto';

export interface CairStatusChange {
  claimFhirId: string;
  claimLifecycleId?: string;
  organizationId?: string;
  newStatus: string;
  previousStatus?: string;
  timestamp: string;
  submissionFailureErrors?: string[];
  statusCode277?: string;
}

/** Body of a CLAIM_STATUS_CHANGE webhook. */
export function cairStatusChange(overrides: Partial<CairStatusChange> = {}): CairStatusChange {
  return {
    claimFhirId: randomUUID(),
    claimLifecycleId: randomUUID(),
    organizationId: 'org-7f3a',
    newStatus: 'Submitted',
    timestamp: '2025-03-11T14:30:00.000Z',
    ...overrides,
  };
}
