import type { ClaimAccumulator } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import { applyFact } from './fold-claim.js';
import type { OrderKey } from './order.js';
import { compareKeys, orderKey } from './order.js';

interface Entry {
  key: OrderKey;
  fact: ClaimFact;
  /** What the fold knows up to and with this event. */
  after: ClaimAccumulator;
}

/**
 * A claim's events in order, each with the accumulator after it, so that a late event re-folds only what follows it.
 * `base` stands for events before the first entry that nobody needs to see.
 */
export class Timeline {
  readonly #base: ClaimAccumulator | null;
  readonly #entries: Entry[] = [];

  constructor(base: ClaimAccumulator | null) {
    this.#base = base;
  }

  /** What the fold knows now; null before the first event. */
  get accumulator(): ClaimAccumulator | null {
    return this.#entries.at(-1)?.after ?? this.#base;
  }

  /**
   * @returns whether the event was late: not the last in order
   * @throws Error when the event is here already, or belongs before the base
   */
  insert(fact: ClaimFact): boolean {
    const key = orderKey(fact);
    const position = this.#positionOf(key);
    this.#entries.splice(position, 0, { key, fact, after: applyFact(this.#before(position), fact, key) });
    for (let next = position + 1; next < this.#entries.length; next += 1) {
      const entry = this.#entries[next]!;
      entry.after = applyFact(this.#before(next), entry.fact, entry.key);
    }
    return position < this.#entries.length - 1;
  }

  #before(position: number): ClaimAccumulator | null {
    return position === 0 ? this.#base : this.#entries[position - 1]!.after;
  }

  /** From the end, where nearly every event belongs. */
  #positionOf(key: OrderKey): number {
    let position = this.#entries.length;
    while (position > 0 && isBefore(key, this.#entries[position - 1]!.key)) position -= 1;
    if (position === 0 && this.#base !== null && isBefore(key, this.#base.last)) {
      throw new Error('the event is late: its claim needs the history');
    }
    return position;
  }
}

function isBefore(key: OrderKey, other: OrderKey): boolean {
  const order = compareKeys(key, other);
  if (order === 0) throw new Error('an event is stored once: the caller cuts duplicates by event id');
  return order < 0;
}
