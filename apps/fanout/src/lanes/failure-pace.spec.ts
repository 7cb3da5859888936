import { describe, expect, it } from 'vitest';
import { FailurePace } from './failure-pace.js';

const afterFailures = (count: number): FailurePace => {
  const pace = new FailurePace();
  for (let failure = 0; failure < count; failure += 1) pace.failed();
  return pace;
};
/** How many may start within a second that has no other limit. */
const startsPerSecond = (pace: FailurePace): number => {
  let starts = 0;
  for (let now = 0; now < 1_000; now += 1) {
    while (starts < 5_000 && pace.waitMs(now) === 0) {
      pace.started(now);
      starts += 1;
    }
  }
  return starts;
};

describe('the pace of a webhook', () => {
  it('has no limit while it fails now and then', () => {
    expect(startsPerSecond(afterFailures(99))).toBe(5_000);
  });

  it('is a hundred a second when nothing but failures came for a while', () => {
    expect(startsPerSecond(afterFailures(100))).toBe(100);
  });

  it('is free again with the first answer', () => {
    const pace = afterFailures(1_000);
    pace.started(0);
    pace.well();
    expect(startsPerSecond(pace)).toBe(5_000);
  });
});
