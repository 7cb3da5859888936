import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateGate } from './rate-gate.js';

describe('a rate limit', () => {
  it('holds in every window of a second, however it is changed meanwhile', () => {
    const steps = fc.array(
      fc.record({ pause: fc.nat(400), limit: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 8 }) }),
    );
    fc.assert(
      fc.property(steps, (walk) => {
        const gate = new RateGate(3);
        let limit = 3;
        let now = 0;
        const starts: number[] = [];
        for (const step of walk) {
          now += step.pause;
          if (step.limit !== null) gate.resize((limit = step.limit), now);
          now += gate.waitMs(now);
          const inWindow = starts.filter((start) => start > now - 1_000).length;
          expect(inWindow).toBeLessThan(limit);
          starts.push(now);
          gate.started(now);
        }
      }),
    );
  });
});
