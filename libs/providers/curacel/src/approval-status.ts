import type { ClaimStatus, DecimalString } from '@claimwire/contracts';
import { compareDecimals } from '@claimwire/provider-kit';
import type { ApprovalStatus } from './claim.payload.js';

/** Canonical status of a vetting result (README): approved for less than was billed is a partial approval. */
export function statusOf(
  approval: ApprovalStatus,
  billed: DecimalString | null,
  approved: DecimalString | null,
): ClaimStatus {
  switch (approval) {
    case null:
      return 'pending';
    case '0':
      return 'denied';
    case '1':
      return billed !== null && approved !== null && compareDecimals(approved, billed) < 0
        ? 'partially_approved'
        : 'approved';
    default:
      return 'unknown';
  }
}
