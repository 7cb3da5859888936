import type { ClaimFact } from './claim-fact.js';
import { instantKey } from './instant.js';

/** Place of an event among its claim's events (SPEC, L2). */
export interface OrderKey {
  /** Microseconds as fixed-width text. */
  instant: string;
  stageRank: number;
  sequence: readonly number[];
  eventId: string;
}

export function orderKey(fact: ClaimFact): OrderKey {
  return {
    instant: instantKey(fact.occurredAt),
    stageRank: fact.stageRank,
    sequence: fact.sequence,
    eventId: fact.eventId,
  };
}

/** By code unit: the same on every machine, which a locale's order is not. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** As lists of integers; a list sorts before its own continuations: [0] < [0, 2] < [0, 10] < [1]. */
function compareSequences(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function compareKeys(a: OrderKey, b: OrderKey): number {
  return (
    compareText(a.instant, b.instant) ||
    a.stageRank - b.stageRank ||
    compareSequences(a.sequence, b.sequence) ||
    compareText(a.eventId, b.eventId)
  );
}

/** Total order of one claim's events; 0 only for the same event id. */
export function compareFacts(a: ClaimFact, b: ClaimFact): number {
  return compareKeys(orderKey(a), orderKey(b));
}
