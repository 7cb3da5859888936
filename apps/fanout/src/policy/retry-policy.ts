/** Where *retries* stand, they come after the first try. */
export type RetryPolicy =
  | { type: 'fixed'; retries: number; delaySeconds: number }
  | { type: 'exponential'; initialSeconds: number; factor: number; maxDelaySeconds: number; maxElapsedSeconds: number }
  | { type: 'schedule'; delaysSeconds: number[] };

export interface RetryQuestion {
  /** Tries that count, the one that just failed included: 1, 2, … */
  tries: number;
  /** Milliseconds since the first try began. */
  elapsedMs: number;
  /** What the server asked for, in milliseconds; null where it asked for nothing. */
  retryAfterMs: number | null;
  /** In [0, 1): spreads retries of an exponential policy, so that a revived server is not hit by all at once. */
  random: number;
}

/** An exponential delay is drawn from 80 to 120 % of its nominal length. */
const JITTER = 0.2;

const exponentialMs = (policy: Extract<RetryPolicy, { type: 'exponential' }>, question: RetryQuestion): number => {
  const nominal = policy.initialSeconds * policy.factor ** (question.tries - 1);
  const jittered = nominal * (1 - JITTER + 2 * JITTER * question.random);
  return Math.min(jittered, policy.maxDelaySeconds) * 1000;
};

/** Milliseconds that the policy waits before the next try; null when none is left. */
function policyDelayMs(policy: RetryPolicy, question: RetryQuestion): number | null {
  switch (policy.type) {
    case 'fixed':
      return question.tries <= policy.retries ? policy.delaySeconds * 1000 : null;
    case 'schedule': {
      const seconds = policy.delaysSeconds[question.tries - 1];
      return seconds === undefined ? null : seconds * 1000;
    }
    case 'exponential': {
      const delay = exponentialMs(policy, question);
      const waits = Math.max(delay, question.retryAfterMs ?? 0);
      return question.elapsedMs + waits <= policy.maxElapsedSeconds * 1000 ? delay : null;
    }
  }
}

/** Milliseconds until the next try, or null for the error queue. A server's Retry-After replaces the policy's delay. */
export function retryDelayMs(policy: RetryPolicy, question: RetryQuestion): number | null {
  const delay = policyDelayMs(policy, question);
  return delay === null ? null : (question.retryAfterMs ?? delay);
}
