import { describe, expect, it } from 'vitest';
import type { GetOutcome } from './answer.js';
import { BatchGivenUpError, signalOf } from './batch-signal.js';
import { forEachBounded } from './for-each-bounded.js';
import { backoffMs, withRetries } from './retry.js';

const never = new AbortController().signal;
const later: GetOutcome = { kind: 'retry', reason: 'report_not_found' };

describe('withRetries', () => {
  it('tries again until the outcome is final', async () => {
    const outcomes: GetOutcome[] = [later, { kind: 'ok', body: {} }];
    const outcome = await withRetries(async () => outcomes.shift()!, performance.now() + 5_000, never);
    expect(outcome).toEqual({ kind: 'ok', body: {} });
  });

  it('does not try again what is final, nor beyond the deadline', async () => {
    let tries = 0;
    const get = async (outcome: GetOutcome): Promise<GetOutcome> => {
      tries += 1;
      return outcome;
    };
    await withRetries(() => get({ kind: 'failed', reason: 'report_forbidden' }), performance.now() + 5_000, never);
    expect(tries).toBe(1);
    expect(await withRetries(() => get(later), performance.now(), never)).toBe(later);
    expect(tries).toBe(2);
  });

  it('gives up at once when the batch is given up, with an error that says so', async () => {
    let isRunning = true;
    const { signal, end } = signalOf({ isRunning: () => isRunning });
    const work = withRetries(async () => later, performance.now() + 60_000, signal);
    isRunning = false;
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    end();
    expect((error as Error).cause).toBeInstanceOf(BatchGivenUpError);
  });
});

describe('backoffMs', () => {
  it('doubles up to a ceiling, with jitter in the upper half', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, () => 1))).toEqual([250, 500, 1_000, 8_000]);
    expect(backoffMs(1, () => 0)).toBe(125);
  });
});

describe('forEachBounded', () => {
  it('runs at most so many at once', async () => {
    let running = 0;
    let most = 0;
    await forEachBounded(Array.from({ length: 20 }), 3, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    });
    expect(most).toBe(3);
  });

  it('throws the first failure after what began has ended, and begins nothing more', async () => {
    const done: number[] = [];
    const work = forEachBounded([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('one');
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.push(item);
    });
    await expect(work).rejects.toThrow('one');
    expect(done).toEqual([2]);
  });
});
