import { setTimeout as sleep } from 'node:timers/promises';
import type { GetOutcome } from './answer.js';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/** Jitter: many transactions that failed together do not come back together. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * Tries until the outcome is final or the next try would start after the deadline.
 * @param deadline on the clock of `performance.now()`
 * @throws once the signal is aborted: its reason, or an AbortError with the reason as cause
 */
export async function withRetries(
  get: () => Promise<GetOutcome>,
  deadline: number,
  signal: AbortSignal,
): Promise<GetOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await get();
    if (outcome.kind !== 'retry') return outcome;
    const delay = backoffMs(attempt);
    if (performance.now() + delay > deadline) return outcome;
    await sleep(delay, undefined, { signal });
  }
}
