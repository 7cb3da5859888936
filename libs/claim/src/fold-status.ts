import type { ClaimAccumulator } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import { FOLD_FLAGS } from './flags.js';
import type { Transition } from './transitions.js';
import { TRANSITIONS } from './transitions.js';

type StatusPart = Pick<
  ClaimAccumulator,
  'status' | 'lastReported' | 'previousStatus' | 'statusSince' | 'reasons' | 'attempt'
>;

/** The first event of a run. */
const opening = (fact: ClaimFact, previousStatus: StatusPart['previousStatus'], attempt: number): StatusPart => ({
  status: fact.status,
  lastReported: fact.status,
  previousStatus,
  statusSince: fact.occurredAt,
  reasons: fact.reasons,
  attempt,
});

/** Status, and all that depends on it, after one more event in order (SPEC, L5–L9). */
export function foldStatus(before: ClaimAccumulator | null, fact: ClaimFact): StatusPart {
  if (before === null) return opening(fact, null, 1);
  const { status, previousStatus, statusSince, reasons, attempt } = before;
  const transition = TRANSITIONS[status][fact.status];
  if (transition === 'ignored') {
    return { status, lastReported: fact.status, previousStatus, statusSince, reasons, attempt };
  }
  if (transition === 'same') {
    const stated = fact.reasons.length > 0 ? fact.reasons : reasons;
    return { status, lastReported: fact.status, previousStatus, statusSince, reasons: stated, attempt };
  }
  const next = transition === 'resubmission' ? attempt + 1 : attempt;
  return opening(fact, status, next);
}

/**
 * Does the fold stand where the provider says the claim stood before this event? A status stated again repeats the
 * previous one of its first statement, so the claim may also have stood there one status earlier.
 */
function standsWhereClaimed(before: ClaimAccumulator | null, fact: ClaimFact): boolean {
  if (fact.claimedPreviousStatus === null) return true;
  if (before === null) return false;
  const stood: (ClaimAccumulator['status'] | null)[] = [before.status, before.lastReported];
  if (fact.status === before.status) stood.push(before.previousStatus);
  return stood.includes(fact.claimedPreviousStatus);
}

/** What this event shows to be remarkable about the claim's course (SPEC, L20–L21). */
export function statusFlags(before: ClaimAccumulator | null, fact: ClaimFact): string[] {
  const flags: string[] = [];
  const transition: Transition = before === null ? 'expected' : TRANSITIONS[before.status][fact.status];
  if (fact.status === 'unknown') flags.push(FOLD_FLAGS.unknownStatus);
  if (transition === 'odd') flags.push(FOLD_FLAGS.oddTransition);
  if (!standsWhereClaimed(before, fact)) flags.push(FOLD_FLAGS.gap);
  return flags;
}
