import type { ClaimEvent, ClaimState } from '@claimwire/contracts';
import type { ClaimAccumulator } from './claim-accumulator.js';
import { FOLD_REVISION } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import { claimMessage, claimState } from './claim-message.js';
import { inOrder, isAfter } from './fold-claim.js';
import { Timeline } from './timeline.js';

export interface PlanInput {
  /** As stored; null for a claim without stored events. */
  accumulator: ClaimAccumulator | null;
  /** Number of stored events; 0 for a claim without. */
  version: number;
  /** Facts of all stored events in any order, or null where `needsHistory` said they are not needed. */
  history: readonly ClaimFact[] | null;
  /** New facts of this one claim in order of arrival, none of them stored yet and none twice. */
  incoming: readonly ClaimFact[];
}

export interface PlannedEvent {
  fact: ClaimFact;
  version: number;
  /** Not the last in order when it arrived. */
  late: boolean;
  message: ClaimEvent;
}

export interface ClaimPlan {
  /** One for each incoming fact, in order of arrival. */
  events: PlannedEvent[];
  accumulator: ClaimAccumulator;
  version: number;
  state: ClaimState;
}

/** Whether the stored facts must be read: a new one precedes a stored one, or the accumulator is of another fold. */
export function needsHistory(accumulator: ClaimAccumulator | null, incoming: readonly ClaimFact[]): boolean {
  if (accumulator === null) return false;
  return accumulator.revision !== FOLD_REVISION || !incoming.every((fact) => isAfter(accumulator, fact));
}

/**
 * What storing the incoming facts does, as if they had arrived one by one (SPEC, L15): a version and a message for each,
 * and the claim afterwards. Pure: the caller stores the result, in one transaction.
 * @throws Error for nothing to plan, for a fact of another claim, for one stored already, for stored events without an
 *   accumulator, for a history that is missing or is not `version` facts long: each is a bug of the caller, and going on would break the claim's versions
 */
export function planClaim({ accumulator, version, history, incoming }: PlanInput): ClaimPlan {
  if ((accumulator === null) !== (version === 0)) throw new Error('a claim has an accumulator if it has stored events');
  const timeline = history === null ? continueFrom(accumulator, incoming) : replay(history, version);
  const events = incoming.map((fact, index) => plan(timeline, fact, version + index + 1));
  const after = timeline.accumulator;
  if (after === null) throw new Error('a plan needs at least one event');
  const versionAfter = version + incoming.length;
  return { events, accumulator: after, version: versionAfter, state: claimState(after, versionAfter) };
}

function continueFrom(accumulator: ClaimAccumulator | null, incoming: readonly ClaimFact[]): Timeline {
  if (needsHistory(accumulator, incoming)) throw new Error('these events need the history of their claim');
  return new Timeline(accumulator);
}

function replay(history: readonly ClaimFact[], version: number): Timeline {
  if (history.length !== version) throw new Error('the history must hold every stored event of the claim once');
  const timeline = new Timeline(null);
  for (const fact of inOrder(history)) timeline.insert(fact);
  return timeline;
}

function plan(timeline: Timeline, fact: ClaimFact, version: number): PlannedEvent {
  const before = timeline.accumulator;
  if (before !== null && before.claimKey !== fact.claimKey) throw new Error('a plan is about one claim');
  const late = timeline.insert(fact);
  const after = timeline.accumulator!;
  return { fact, version, late, message: claimMessage({ before, after, fact, version, late }) };
}
