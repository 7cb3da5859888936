import { describe, expect, it } from 'vitest';
import { planTraffic } from './traffic.js';

const SHAPE = { events: 5_000, claims: 1_000, outOfOrder: 0.2, duplicates: 0.05, seed: 7 };

const idOf = ({ claim, step }: { claim: number; step: number }) => `${claim}#${step}`;

describe('the traffic of the normaliser benchmark', () => {
  const planned = planTraffic(SHAPE);
  const distinct = [...new Map(planned.map((event) => [idOf(event), event])).values()];

  it('is the same for the same seed, and another for another', () => {
    expect(planTraffic(SHAPE)).toEqual(planned);
    expect(planTraffic({ ...SHAPE, seed: 8 })).not.toEqual(planned);
  });

  it('has every event of every claim', () => {
    expect(distinct).toHaveLength(SHAPE.events);
    expect(new Set(distinct.map(({ claim }) => claim)).size).toBe(SHAPE.claims);
    expect(Math.max(...distinct.map(({ step }) => step))).toBe(SHAPE.events / SHAPE.claims - 1);
  });

  it('repeats about the share that is asked for', () => {
    const share = (planned.length - distinct.length) / SHAPE.events;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.07);
  });

  it('has about the share of late events that is asked for', () => {
    const newest = new Map<number, number>();
    const late = distinct.filter(({ claim, step }) => {
      const before = newest.get(claim) ?? -1;
      newest.set(claim, Math.max(before, step));
      return step < before;
    });
    expect(late.length / SHAPE.events).toBeGreaterThan(0.17);
    expect(late.length / SHAPE.events).toBeLessThan(0.23);
  });
});
