import { describe, expect, it } from 'vitest';
import { bucketOf, MOST_REQUESTS, planTurn, refill, waitForTokensMs } from './plan-turn.js';

const LIMITS = { concurrency: 6, requestsPerSecond: 100 };
const full = { tokens: 0, elapsedSeconds: 3_600, running: 0 };

describe('the bucket of requests', () => {
  it('fills with time up to its burst, and never loses by a clock that goes back', () => {
    expect(refill(0, 0.05, 100)).toBeCloseTo(4.5);
    expect(refill(0, 3_600, 100)).toBe(10);
    expect(refill(3, -5, 100)).toBe(3);
  });

  it.each([4, 30, 100, 1_000])('lets through at most %i requests in any second, and not much less', (rate) => {
    const starts: number[] = [];
    let tokens = bucketOf(rate).burst;
    let at = 0;
    for (let now = 0; now < 5_000; now++) {
      tokens = refill(tokens, (now - at) / 1_000, rate);
      at = now;
      while (tokens >= MOST_REQUESTS) {
        tokens -= MOST_REQUESTS;
        starts.push(now, now);
      }
    }
    const within = (from: number) => starts.filter((start) => start >= from && start < from + 1_000).length;
    expect(Math.max(...starts.map(within))).toBeLessThanOrEqual(rate);
    expect(starts.length / 5).toBeGreaterThan(rate * 0.45);
  });

  it('says when it is worth coming back', () => {
    expect(waitForTokensMs(2, 100)).toBe(0);
    const wait = waitForTokensMs(-4, 100);
    expect(wait).toBe(100);
    expect(refill(-4, wait / 1_000, 100)).toBeGreaterThanOrEqual(MOST_REQUESTS);
  });
});

describe('a turn of a connection', () => {
  it('takes no more than the limits, the workers and the bucket allow', () => {
    expect(planTurn(full, LIMITS, 64).jobs).toBe(5);
    expect(planTurn({ ...full, running: 4 }, LIMITS, 64).jobs).toBe(2);
    expect(planTurn(full, LIMITS, 1).jobs).toBe(1);
    expect(planTurn({ ...full, tokens: 1, elapsedSeconds: 0 }, LIMITS, 64).jobs).toBe(0);
  });

  it('takes nothing where more are running than a lowered limit allows', () => {
    expect(planTurn({ ...full, running: 9 }, LIMITS, 64).jobs).toBe(0);
  });

  it('leaves workers to the next connection, however fast this one may go', () => {
    expect(planTurn(full, { concurrency: 100, requestsPerSecond: 1_000 }, 64).jobs).toBe(8);
  });
});
