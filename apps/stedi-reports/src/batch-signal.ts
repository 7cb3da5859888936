import type { Batch } from '@claimwire/kafka';

/**
 * The batch is no longer ours, or the process stops. The code is that of an outage, so that the consumer gives the batch
 * back unsettled; any other error would end the process as a crash.
 */
export class BatchGivenUpError extends Error {
  override readonly name = 'BatchGivenUpError';
  readonly code = 'ETIMEDOUT';
}

const CHECK_MS = 100;

/** A signal that is aborted with BatchGivenUpError once the batch need not be finished; call `end` after it. */
export function signalOf(batch: Pick<Batch, 'isRunning'>): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (!batch.isRunning()) controller.abort(new BatchGivenUpError('the batch was given up'));
  }, CHECK_MS);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}
