import { describe, expect, it } from 'vitest';
import { HEALTHY_AFTER_MS, nextAttempt, restartDelayMs } from './restart-backoff.js';

describe('the pause before a restart', () => {
  it('doubles from half a second up to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelayMs)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('grows for what dies again soon, and starts anew for what was healthy', () => {
    expect(nextAttempt(3, HEALTHY_AFTER_MS - 1)).toBe(4);
    expect(nextAttempt(3, HEALTHY_AFTER_MS)).toBe(1);
  });
});
