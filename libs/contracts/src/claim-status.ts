/** The canonical claim statuses, in no order: a claim may go "back" (rejected, then submitted again). */
export const CLAIM_STATUSES = [
  'submission_failed',
  'submitted',
  'received',
  'accepted',
  'rejected',
  'pending',
  'info_requested',
  'approved',
  'partially_approved',
  'adjudicated',
  'denied',
  'paid',
  'partially_paid',
  'reversed',
  'forwarded',
  'predetermined',
  'unknown',
] as const;

export type ClaimStatus = (typeof CLAIM_STATUSES)[number];
