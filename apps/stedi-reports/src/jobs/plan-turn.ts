/** Limits of one connection, over all replicas. */
export interface ConnectionLimits {
  /** Most jobs under way at once. */
  concurrency: number;
  requestsPerSecond: number;
}

export interface Turn {
  /** Most jobs to take now. */
  jobs: number;
  /** What is in the bucket before they are taken. */
  tokens: number;
}

/** A job with an event that does not say enough asks for the transaction and then for the report. */
export const MOST_REQUESTS = 2;
/** So few that a connection with a long backlog does not fill all workers before the next has its turn. */
const MOST_JOBS_PER_TURN = 8;

/**
 * A bucket that lets through at most `requestsPerSecond` in any second: what it holds (a tenth of that, for short bursts)
 * and what flows in within a second sum up to it.
 */
export function bucketOf(requestsPerSecond: number): { burst: number; refillPerSecond: number } {
  const burst = Math.max(MOST_REQUESTS, requestsPerSecond / 10);
  return { burst, refillPerSecond: requestsPerSecond - burst };
}

/** What flowed in since, in whole and parts of requests. */
export function refill(tokens: number, elapsedSeconds: number, requestsPerSecond: number): number {
  const { burst, refillPerSecond } = bucketOf(requestsPerSecond);
  return Math.min(burst, tokens + Math.max(0, elapsedSeconds) * refillPerSecond);
}

/** How many jobs a connection may start now, were each to need the most requests. */
export function planTurn(
  state: { tokens: number; elapsedSeconds: number; running: number },
  limits: ConnectionLimits,
  freeWorkers: number,
): Turn {
  const tokens = refill(state.tokens, state.elapsedSeconds, limits.requestsPerSecond);
  const affordable = Math.floor(tokens / MOST_REQUESTS);
  const jobs = Math.min(freeWorkers, limits.concurrency - state.running, affordable, MOST_JOBS_PER_TURN);
  return { jobs: Math.max(0, jobs), tokens };
}

/** Milliseconds until the bucket is worth another turn: half full, so that a turn is not one job each. 0 = now. */
export function waitForTokensMs(tokens: number, requestsPerSecond: number): number {
  const { burst, refillPerSecond } = bucketOf(requestsPerSecond);
  if (tokens >= MOST_REQUESTS) return 0;
  const wanted = Math.max(MOST_REQUESTS, burst / 2);
  return Math.ceil(((wanted - tokens) / refillPerSecond) * 1_000);
}
