import type { ClaimStatus } from '@claimwire/contracts';
import { CLAIM_STATUSES } from '@claimwire/contracts';

/**
 * same: the status is stated again. expected: the usual life of a claim. resubmission: a new attempt. ignored: `unknown`
 * says nothing about a known status. odd: legitimate now and then, so flagged and never refused.
 */
export type Transition = 'same' | 'expected' | 'resubmission' | 'ignored' | 'odd';

const DECISIONS = ['approved', 'partially_approved', 'adjudicated', 'denied', 'forwarded', 'predetermined'] as const;
const PAYMENTS = ['paid', 'partially_paid'] as const;
const OUTCOMES = [...DECISIONS, ...PAYMENTS] as const;
const IN_WORK = ['pending', 'info_requested'] as const;

/** The statuses that usually follow each one. From `unknown` every step is usual: nothing is known to contradict it. */
const USUAL: Record<ClaimStatus, readonly ClaimStatus[]> = {
  submission_failed: [],
  submitted: ['submission_failed', 'received', 'accepted', 'rejected', ...IN_WORK, ...OUTCOMES],
  received: ['accepted', 'rejected', ...IN_WORK, ...OUTCOMES],
  // the clearinghouse accepts first; then the payer receives, and accepts or rejects for itself
  accepted: ['received', 'rejected', ...IN_WORK, ...OUTCOMES],
  rejected: ['submission_failed'],
  pending: ['info_requested', 'rejected', ...OUTCOMES],
  info_requested: ['pending', 'rejected', ...OUTCOMES],
  approved: ['partially_approved', 'adjudicated', 'forwarded', ...PAYMENTS],
  partially_approved: ['approved', 'adjudicated', 'forwarded', ...PAYMENTS],
  adjudicated: ['approved', 'partially_approved', 'denied', 'forwarded', 'reversed', ...PAYMENTS],
  // an appeal, or a reversal of the decision
  denied: [...IN_WORK, 'approved', 'partially_approved', 'adjudicated', 'reversed', ...PAYMENTS],
  // the next payer in line decides for itself
  paid: ['partially_paid', 'adjudicated', 'denied', 'forwarded', 'reversed'],
  partially_paid: ['paid', 'adjudicated', 'denied', 'forwarded', 'reversed'],
  // the correction that follows
  reversed: ['adjudicated', 'denied', 'forwarded', ...PAYMENTS],
  forwarded: ['received', 'accepted', 'rejected', 'reversed', ...IN_WORK, ...OUTCOMES],
  // the real claim after its estimate
  predetermined: ['submitted', 'received', 'accepted', 'rejected', 'reversed', ...IN_WORK, ...OUTCOMES],
  unknown: CLAIM_STATUSES,
};

const NEW_ATTEMPT_AFTER: readonly ClaimStatus[] = ['rejected', 'submission_failed'];

function classify(from: ClaimStatus, to: ClaimStatus): Transition {
  if (from === to) return 'same';
  if (to === 'unknown') return 'ignored';
  if (to === 'submitted' && NEW_ATTEMPT_AFTER.includes(from)) return 'resubmission';
  return USUAL[from].includes(to) ? 'expected' : 'odd';
}

const tabulate = <Value>(value: (status: ClaimStatus) => Value): Record<ClaimStatus, Value> =>
  Object.fromEntries(CLAIM_STATUSES.map((status) => [status, value(status)])) as Record<ClaimStatus, Value>;

/** The status machine: total, from → to. */
export const TRANSITIONS: Readonly<Record<ClaimStatus, Readonly<Record<ClaimStatus, Transition>>>> = tabulate((from) =>
  tabulate((to) => classify(from, to)),
);
