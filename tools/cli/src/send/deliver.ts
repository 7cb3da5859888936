import { setTimeout as sleep } from 'node:timers/promises';
import { type ProviderName, type SignedRequest, signedRequest } from '@claimwire/testkit/senders';
import type { PlannedWebhook } from './plan.js';
import type { Answer } from './summary.js';
import type { Target } from './target.js';

export interface DeliverOptions {
  burst: number;
  /** Requests started per second; null = as fast as the answers come. */
  rate: number | null;
  timeoutMs: number;
  /** Stops before the next request; those in flight get their answers. */
  signal: AbortSignal;
  onAnswer: (answers: readonly Answer[]) => void;
}

/** Signed at the moment of sending: tokens and timestamps expire. */
export const sign = (provider: ProviderName, target: Target, { route, body, webhookId }: PlannedWebhook) =>
  signedRequest(provider, target.auth, body, { route, webhookId });

async function post(url: string, { headers, body }: SignedRequest, timeoutMs: number): Promise<number | string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return `no answer (${reasonOf(error)})`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'timeout';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}

/** Sends in order, at most `burst` at once; the answers are in the order of their arrival. */
export async function deliver(
  provider: ProviderName,
  target: Target,
  webhooks: readonly PlannedWebhook[],
  options: DeliverOptions,
): Promise<Answer[]> {
  const { burst, rate, signal, timeoutMs, onAnswer } = options;
  const answers: Answer[] = [];
  const started = performance.now();
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < webhooks.length && !signal.aborted) {
      const index = next;
      next += 1;
      const due = rate === null ? 0 : started + (index * 1000) / rate - performance.now();
      // Aborted while waiting: the turn is given up.
      if (due > 0 && !(await sleep(due, true, { signal }).catch(() => false))) return;
      const webhook = webhooks[index]!;
      const begun = performance.now();
      const outcome = await post(target.address(webhook.route), sign(provider, target, webhook), timeoutMs);
      answers.push({ outcome, milliseconds: performance.now() - begun });
      onAnswer(answers);
    }
  };
  await Promise.all(Array.from({ length: Math.min(burst, webhooks.length) }, takeTurns));
  return answers;
}
