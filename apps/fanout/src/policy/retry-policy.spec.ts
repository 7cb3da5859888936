import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';

const exponential: RetryPolicy = {
  type: 'exponential',
  initialSeconds: 10,
  factor: 2,
  maxDelaySeconds: 60,
  maxElapsedSeconds: 300,
};
const ask = (tries: number, more = {}) => ({ tries, elapsedMs: 0, retryAfterMs: null, random: 0.5, ...more });

describe('a schedule', () => {
  it('has one retry per delay', () => {
    const policy: RetryPolicy = { type: 'schedule', delaysSeconds: [1, 5] };
    expect([1, 2, 3].map((tries) => retryDelayMs(policy, ask(tries)))).toEqual([1_000, 5_000, null]);
  });
});

describe('an exponential policy', () => {
  it('grows by its factor up to the longest delay', () => {
    expect([1, 2, 3, 4, 5].map((tries) => retryDelayMs(exponential, ask(tries)))).toEqual([
      10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
  });

  it('spreads by a fifth, never beyond the longest delay', () => {
    expect(retryDelayMs(exponential, ask(1, { random: 0 }))).toBeCloseTo(8_000);
    expect(retryDelayMs(exponential, ask(1, { random: 0.999 }))).toBeLessThan(12_000);
    expect(retryDelayMs(exponential, ask(4, { random: 0.999 }))).toBe(60_000);
  });

  it('ends when the next try would come after the longest time since the first', () => {
    expect(retryDelayMs(exponential, ask(4, { elapsedMs: 240_000 }))).toBe(60_000);
    expect(retryDelayMs(exponential, ask(4, { elapsedMs: 240_001 }))).toBeNull();
  });

  it('also ends when the server asks for a time after that', () => {
    expect(retryDelayMs(exponential, ask(1, { elapsedMs: 200_000, retryAfterMs: 100_001 }))).toBeNull();
  });
});

describe('a fixed policy', () => {
  it('with no retries gives up after the first try', () => {
    expect(retryDelayMs({ type: 'fixed', retries: 0, delaySeconds: 90 }, ask(1))).toBeNull();
  });
});
