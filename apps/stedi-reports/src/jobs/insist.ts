import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '@claimwire/kafka';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

export interface Patience {
  /** By performance.now(): when nobody needs it any more. */
  until: number;
  /** Once aborted, the next failure is the last. */
  signal: AbortSignal;
}

/**
 * Does what must not fail for a moment's outage of a store, again and again until it is done.
 * @throws the last error, when time is up or the error is no outage
 */
export async function insist(work: () => Promise<void>, { until, signal }: Patience): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || signal.aborted || performance.now() + waitMs > until) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
