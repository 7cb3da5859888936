import { describe, expect, it } from 'vitest';
import { allAccepted, type Answer, percentile, summaryLines } from './summary.js';

const answers = (...outcomes: (number | string)[]): Answer[] =>
  outcomes.map((outcome, index) => ({ outcome, milliseconds: index + 1 }));

describe('the summary', () => {
  it('counts per status, accepted first, and says how fast', () => {
    const lines = summaryLines(answers(202, 401, 'no answer (ECONNREFUSED)', 202), 2_000);
    expect(lines).toEqual([
      '✘ 2 × 202, 1 × 401, 1 × no answer (ECONNREFUSED)',
      '  latency p50 2.0 ms, p95 4.0 ms, p99 4.0 ms, max 4.0 ms',
      '  4 in 2.0 s: 2 per second',
    ]);
  });

  it('has no latency where nobody answered', () => {
    expect(summaryLines(answers('no answer (timeout)'), 10)).toEqual(['✘ 1 × no answer (timeout)']);
  });

  it('is good only where all were accepted', () => {
    expect(allAccepted(answers(202, 202))).toBe(true);
    expect(allAccepted(answers(202, 200))).toBe(false);
  });

  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ])('takes percentile %d of 1 to 100 as %d', (share, value) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(numbers, share)).toBe(value);
  });
});
