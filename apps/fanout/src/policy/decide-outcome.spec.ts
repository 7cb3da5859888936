import { describe, expect, it } from 'vitest';
import { decideOutcome, verdictOf } from './decide-outcome.js';
import type { Answer, Try } from './decide-outcome.js';

const NOW = Date.parse('2025-03-11T14:35:00.000Z');
const response = (status: number, retryAfter?: string): Answer => ({ kind: 'response', status, retryAfter });
const attempt = (answer: Answer, more: Partial<Try> = {}): Try => ({
  answer,
  policy: { type: 'fixed', retries: 4, delaySeconds: 90 },
  earlierTries: 0,
  firstTriedAt: null,
  now: NOW,
  random: 0.5,
  ...more,
});

describe('what an answer means', () => {
  it.each([
    [200, 'delivered'],
    [201, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'failed'],
    [302, 'failed'],
    [304, 'failed'],
    [307, 'failed'],
    [400, 'failed'],
    [401, 'deauthorized'],
    [403, 'failed'],
    [404, 'failed'],
    [406, 'rejected'],
    [410, 'disabled'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
    [199, 'failed'],
    [600, 'failed'],
  ])('%i: %s', (status, verdict) => {
    expect(verdictOf(response(status))).toBe(verdict);
  });

  it('no answer is a failure', () => {
    expect(verdictOf({ kind: 'failure', error: 'timeout' })).toBe('failed');
  });
});

describe('what becomes of the delivery', () => {
  it('a 401 holds it and uses up no retry, however many tries there were', () => {
    const outcome = decideOutcome(attempt(response(401), { earlierTries: 40 }));
    expect(outcome).toEqual({ type: 'hold', status: 'deauthorized' });
  });

  it('a 410 holds it and disables the webhook', () => {
    expect(decideOutcome(attempt(response(410)))).toEqual({ type: 'hold', status: 'disabled' });
  });

  it('a failure is retried by the policy and then exhausted: the default is four retries, 90 seconds apart', () => {
    const outcomes = [0, 1, 2, 3, 4].map((earlierTries) => decideOutcome(attempt(response(500), { earlierTries })));
    const retry = { type: 'retry', delayMs: 90_000 };
    expect(outcomes).toEqual([retry, retry, retry, retry, { type: 'exhausted' }]);
  });

  it.each([
    [429, '7', 7_000],
    [503, '0', 90_000],
    [503, 'Tue, 11 Mar 2025 14:35:30 GMT', 30_000],
    [503, 'Tue, 11 Mar 2025 14:00:00 GMT', 90_000],
    [429, '86400', 3_600_000],
    [503, 'Tuesday, 11-Mar-25 14:35:30 GMT', 30_000],
    [503, '2025-03-11T14:35:30Z', 30_000],
    [429, 'soon', 90_000],
    [429, '-5', 90_000],
    [429, '1.5', 90_000],
    [503, '5, 5', 90_000],
    [503, 'in 5', 90_000],
    [429, undefined, 90_000],
    [500, '7', 90_000],
  ])('%i with Retry-After %s is due again after %i ms', (status, retryAfter, delayMs) => {
    expect(decideOutcome(attempt(response(status, retryAfter)))).toEqual({ type: 'retry', delayMs });
  });

  it('Retry-After gives no more retries than the policy has', () => {
    expect(decideOutcome(attempt(response(429, '1'), { earlierTries: 4 }))).toEqual({ type: 'exhausted' });
  });
});
