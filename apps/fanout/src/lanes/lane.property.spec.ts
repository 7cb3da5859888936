import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lane } from './lane.js';
import type { LaneItem } from './lane.js';

type Step = { do: 'add'; claim: number } | { do: 'start' } | { do: 'end'; which: number; how: 'settled' | 'postponed' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), claim: fc.nat(3) }),
  fc.record({ do: fc.constant('start' as const) }),
  fc.record({
    do: fc.constant('end' as const),
    which: fc.nat(50),
    how: fc.constantFrom('settled' as const, 'postponed' as const),
  }),
);

/** The table behind the lane, and what the outside may see: whatever is postponed comes back only by a refill. */
class Model {
  readonly lane: Lane<LaneItem>;
  readonly table = new Map<string, LaneItem>();
  readonly underWay: LaneItem[] = [];
  readonly delivered = new Map<string, number[]>();
  private versions = new Map<string, number>();

  constructor(readonly concurrency: number) {
    this.lane = new Lane('per_claim', concurrency);
  }

  run(next: Step): void {
    if (next.do === 'add') this.add(`claim-${next.claim}`);
    if (next.do === 'start') this.start();
    if (next.do === 'end') this.end(next.which, next.how);
  }

  add(claimKey: string): void {
    const version = (this.versions.get(claimKey) ?? 0) + 1;
    this.versions.set(claimKey, version);
    const item: LaneItem = { id: `${claimKey}/${version}`, claimKey, version, replayId: '', message: { length: 1 } };
    this.table.set(item.id, item);
    const earlierInTable = [...this.table.values()].some(
      (other) => other.claimKey === claimKey && !this.lane.has(other.id) && other !== item,
    );
    if (!earlierInTable) this.lane.add(item);
  }

  start(): void {
    const item = this.lane.take();
    if (!item) return;
    const earlier = [...this.table.values()].filter(
      (other) => other.claimKey === item.claimKey && other.version < item.version,
    );
    expect(earlier, 'an earlier delivery of the claim is not settled').toEqual([]);
    this.underWay.push(item);
    expect(this.lane.inFlight).toBeLessThanOrEqual(this.concurrency);
    expect(this.lane.inFlight).toBe(this.underWay.length);
  }

  end(which: number, how: 'settled' | 'postponed'): void {
    const [item] = this.underWay.splice(which % Math.max(1, this.underWay.length), 1);
    if (!item) return;
    this.lane.answered();
    this.lane[how](item);
    if (how === 'postponed') return;
    this.table.delete(item.id);
    this.delivered.set(item.claimKey, [...(this.delivered.get(item.claimKey) ?? []), item.version]);
  }

  /** What a refill brings: everything in the table, in order of insertion. */
  refill(): void {
    for (const item of this.table.values()) this.lane.add(item);
  }

  drain(): void {
    while (this.table.size > 0) {
      this.refill();
      this.start();
      this.end(0, 'settled');
    }
  }
}

describe('a lane in claim order', () => {
  it('never breaks the order of a claim nor its concurrency, whatever fails and whenever it is refilled, and ends empty', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, concurrency) => {
        const model = new Model(concurrency);
        for (const [index, next] of steps.entries()) {
          model.run(next);
          if (index % 7 === 0) model.refill();
        }
        model.drain();
        for (const versions of model.delivered.values())
          expect(versions).toEqual(versions.map((_, index) => index + 1));
        expect([model.lane.size, model.lane.bytes, model.lane.inFlight]).toEqual([0, 0, 0]);
      }),
    );
  });
});
