import { isDeepStrictEqual } from 'node:util';
import type { ClaimEventType } from '@claimwire/contracts';
import type { ClaimAccumulator } from './claim-accumulator.js';
import { eventType } from './claim-message.js';
import type { HistoryEntry, StoredFact } from './history-entry.js';
import { historyEntry } from './history-entry.js';
import { compareFacts } from './order.js';
import { Timeline } from './timeline.js';

/** One field of the claim's state before and after an event was stored. */
export interface Change {
  /** Name as in ClaimState and ClaimEvent; "amounts.paid" for one of the amounts. */
  field: string;
  from: unknown;
  to: unknown;
}

/** A row of the history with its place in both orders, and what storing it did to the claim as it was known until then. */
export interface ClaimHistoryEntry extends HistoryEntry {
  type: ClaimEventType;
  /** Place in the order in which the events occurred: 1, 2, … (`version` is the place in the order of arrival). */
  occurrence: number;
  /** Empty where the event changed nothing but the history. */
  changed: Change[];
}

/** What an event can change; that it was received, and its version, it always does. */
const FIELDS = [
  'status',
  'previousStatus',
  'statusSince',
  'attempt',
  'flags',
  'reasons',
  'payment',
  'lines',
  'serviceDates',
  'aliases',
] as const satisfies (keyof ClaimAccumulator)[];

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function changes(before: ClaimAccumulator | null, after: ClaimAccumulator): Change[] {
  const fields = FIELDS.map((field): Change => ({ field, from: before?.[field] ?? null, to: after[field] }));
  const names = Object.keys(after.amounts) as (keyof typeof after.amounts)[];
  const amounts = names.map((name): Change => {
    return { field: `amounts.${name}`, from: before?.amounts[name] ?? null, to: after.amounts[name] };
  });
  return [...fields, ...amounts].filter(
    ({ from, to }) => !(isNothing(from) && isNothing(to)) && !isDeepStrictEqual(from, to),
  );
}

/**
 * The history of one claim in the order in which its events occurred (SPEC, L25).
 * @param stored all its events, or those received until some time; in any order
 */
export function claimHistory(stored: readonly StoredFact[]): ClaimHistoryEntry[] {
  const timeline = new Timeline(null);
  const told = stored
    .toSorted((a, b) => a.version - b.version)
    .map((entry) => {
      const before = timeline.accumulator;
      const late = timeline.insert(entry.fact);
      const after = timeline.accumulator!;
      return { ...entry, type: eventType(before, after, late), changed: changes(before, after) };
    });
  return told
    .toSorted((a, b) => compareFacts(a.fact, b.fact))
    .map(({ type, changed, ...entry }, index) => ({ ...historyEntry(entry), type, occurrence: index + 1, changed }));
}
