import type { WebhookStatus } from '@claimwire/postgres/schema';
import { Problem } from '../http/problem.js';

export type WebhookAction = 'pause' | 'resume' | 'reauthorize' | 'credentials_changed';

/** Every status and action; a text says why the action is refused. */
const TRANSITIONS: Record<WebhookStatus, Record<WebhookAction, WebhookStatus | { refused: string }>> = {
  active: { pause: 'paused', resume: 'active', reauthorize: 'active', credentials_changed: 'active' },
  paused: {
    pause: 'paused',
    resume: 'active',
    reauthorize: { refused: 'The webhook is paused, not deauthorized: resume it.' },
    credentials_changed: 'paused',
  },
  deauthorized: {
    pause: { refused: 'The webhook is deauthorized: nothing is sent, so there is nothing to pause.' },
    resume: { refused: 'The webhook is deauthorized: change its credentials or reauthorize it.' },
    reauthorize: 'active',
    credentials_changed: 'active',
  },
  disabled: {
    pause: { refused: 'The webhook is disabled: nothing is sent, so there is nothing to pause.' },
    resume: 'active',
    reauthorize: 'active',
    credentials_changed: 'disabled',
  },
};

/** @throws Problem 409 with the reason */
export function nextStatus(status: WebhookStatus, action: WebhookAction): WebhookStatus {
  const next = TRANSITIONS[status][action];
  if (typeof next === 'string') return next;
  throw new Problem(409, next.refused);
}
