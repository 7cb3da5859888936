import { parseRetryAfter } from './retry-after.js';
import { retryDelayMs } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';

/** What came back of one try: an HTTP status, or a constant code for why there was none. */
export type Answer =
  { kind: 'response'; status: number; retryAfter: string | undefined } | { kind: 'failure'; error: string };

/** What an answer means, before any policy. */
export type Verdict = 'delivered' | 'rejected' | 'deauthorized' | 'disabled' | 'failed';

/**
 * What becomes of the delivery:
 * - delivered, rejected: settled for good
 * - hold: it stays pending and used up no retry; the webhook itself is put to `status`
 * - retry: pending, due again after `delayMs`
 * - exhausted: settled into the error queue
 */
export type Outcome =
  | { type: 'delivered' }
  | { type: 'rejected' }
  | { type: 'hold'; status: 'deauthorized' | 'disabled'; reason?: 'token_refused' }
  | { type: 'retry'; delayMs: number }
  | { type: 'exhausted' };

export interface Try {
  answer: Answer;
  policy: RetryPolicy;
  /** Earlier tries of this delivery that counted. */
  earlierTries: number;
  /** Milliseconds since the epoch; null at the first try. */
  firstTriedAt: number | null;
  now: number;
  random: number;
}

/** The statuses that mean something of their own (docs/recipes/receive-deliveries.md, section 3); all others follow from their class. */
const SPECIAL: Readonly<Record<number, Verdict>> = { 401: 'deauthorized', 406: 'rejected', 410: 'disabled' };
const RETRY_AFTER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export function verdictOf(answer: Answer): Verdict {
  if (answer.kind === 'failure') return answer.error === 'token_refused' ? 'deauthorized' : 'failed';
  if (answer.status >= 200 && answer.status < 300) return 'delivered';
  return SPECIAL[answer.status] ?? 'failed';
}

const retryAfterOf = (answer: Answer, now: number): number | null =>
  answer.kind === 'response' && RETRY_AFTER_STATUSES.has(answer.status)
    ? parseRetryAfter(answer.retryAfter, now)
    : null;

function afterFailure({ answer, policy, earlierTries, firstTriedAt, now, random }: Try): Outcome {
  const delayMs = retryDelayMs(policy, {
    tries: earlierTries + 1,
    elapsedMs: firstTriedAt === null ? 0 : Math.max(0, now - firstTriedAt),
    retryAfterMs: retryAfterOf(answer, now),
    random,
  });
  return delayMs === null ? { type: 'exhausted' } : { type: 'retry', delayMs };
}

const OUTCOMES: Record<Verdict, (attempt: Try) => Outcome> = {
  delivered: () => ({ type: 'delivered' }),
  rejected: () => ({ type: 'rejected' }),
  deauthorized: ({ answer }) => {
    const reason = answer.kind === 'failure' ? ({ reason: 'token_refused' } as const) : {};
    return { type: 'hold', status: 'deauthorized', ...reason };
  },
  disabled: () => ({ type: 'hold', status: 'disabled' }),
  failed: afterFailure,
};

export function decideOutcome(attempt: Try): Outcome {
  return OUTCOMES[verdictOf(attempt.answer)](attempt);
}
