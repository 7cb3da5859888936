import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { DurationHistogram } from './duration-histogram.js';

const buckets = [0.001, 0.01, 0.25, 4];
const seconds = fc.oneof(fc.constantFrom(0, ...buckets), fc.double({ min: 0, max: 10, noNaN: true }));

describe('DurationHistogram', () => {
  it('tells what a histogram of prom-client tells of the same durations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(seconds), async (durations) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const named = { name: 'x_seconds', help: 'X', buckets };
        const plain = new DurationHistogram({ ...named, registers: [ours] });
        const prom = new Histogram({ ...named, registers: [theirs] });
        for (const duration of durations) {
          plain.add(duration);
          prom.observe(duration);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
        expect(await ours.getMetricsAsJSON()).toEqual(await theirs.getMetricsAsJSON());
      }),
      { numRuns: 50 },
    );
  });
});
