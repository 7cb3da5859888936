import type { ClaimStatus } from '@claimwire/contracts';

/**
 * Breaks ties of occurredAt: earlier stages of a claim's life sort first (SPEC, L3). A reversal sorts before the outcomes:
 * an 835 that reverses a payment also carries the correction, in either order, and the correction's status is the one
 * that stands.
 */
const STAGE_RANKS: Readonly<Record<ClaimStatus, number>> = {
  unknown: 0,
  submission_failed: 1,
  submitted: 1,
  received: 2,
  accepted: 3,
  rejected: 3,
  pending: 4,
  info_requested: 5,
  reversed: 6,
  approved: 7,
  partially_approved: 7,
  adjudicated: 7,
  denied: 7,
  forwarded: 7,
  predetermined: 7,
  paid: 8,
  partially_paid: 8,
};

export function stageRank(status: ClaimStatus): number {
  return STAGE_RANKS[status];
}
