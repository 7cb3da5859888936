import type { WebhookStatus } from '@claimwire/postgres/schema';
import { describe, expect, it } from 'vitest';
import { nextStatus, type WebhookAction } from './webhook-status.js';

describe('status of a webhook', () => {
  it.each<[WebhookStatus, WebhookAction, WebhookStatus]>([
    ['active', 'pause', 'paused'],
    ['paused', 'resume', 'active'],
    ['disabled', 'resume', 'active'],
    ['disabled', 'reauthorize', 'active'],
    ['deauthorized', 'reauthorize', 'active'],
    ['deauthorized', 'credentials_changed', 'active'],
    // an operator paused it, a receiver ended it with 410: new credentials do not undo that
    ['paused', 'credentials_changed', 'paused'],
    ['disabled', 'credentials_changed', 'disabled'],
  ])('%s, %s → %s', (status, action, next) => {
    expect(nextStatus(status, action)).toBe(next);
  });

  it.each<[WebhookStatus, WebhookAction]>([
    ['deauthorized', 'resume'],
    ['deauthorized', 'pause'],
    ['disabled', 'pause'],
    ['paused', 'reauthorize'],
  ])('%s, %s is refused', (status, action) => {
    expect(() => nextStatus(status, action)).toThrow(/The webhook is/);
  });
});
