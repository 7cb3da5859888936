import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const BACKOFF = { firstMs: 250, longestMs: 8_000 };

describe('backoffMs', () => {
  it('doubles up to a ceiling', () => {
    const waits = [1, 2, 3, 20, 5_000].map((attempts) => backoffMs(attempts, BACKOFF, () => 1));
    expect(waits).toEqual([250, 500, 1_000, 8_000, 8_000]);
  });

  it('has jitter in the upper half, so that nothing comes back at once', () => {
    expect(backoffMs(1, BACKOFF, () => 0)).toBe(125);
    expect(backoffMs(20, BACKOFF, () => 0)).toBe(4_000);
    const waits = new Set(Array.from({ length: 100 }, () => backoffMs(5, BACKOFF)));
    expect(waits.size).toBeGreaterThan(50);
  });
});
