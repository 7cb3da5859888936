import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import {
  decodeWebhookSecret,
  generateWebhookSecret,
  signStandardWebhooks,
  verifyStandardWebhooks,
  type StandardWebhooksVerification,
} from './standard-webhooks.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = new Date();
const seconds = Math.floor(now.getTime() / 1000);
const body = Buffer.from('{"claim":"ü"}');

const verify = (headers: Record<string, unknown>, more: Partial<StandardWebhooksVerification> = {}) =>
  verifyStandardWebhooks({
    body,
    headers: headers as StandardWebhooksVerification['headers'],
    secrets: [{ value: SECRET }],
    now,
    ...more,
  });

const signed = (at = seconds, secrets = [SECRET]) => ({ ...signStandardWebhooks(secrets, 'msg_1', at, body) });

describe('signing by Standard Webhooks', () => {
  it('is what the reference library verifies, for each of several secrets', () => {
    const second = generateWebhookSecret();
    const headers = signed(seconds, [SECRET, second]);
    for (const secret of [SECRET, second]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual({ claim: 'ü' });
    }
    expect(() => new Webhook(generateWebhookSecret()).verify(body, headers)).toThrow();
  });

  it('needs a secret that is base64', () => {
    expect(() => signStandardWebhooks([], 'msg_1', seconds, body)).toThrow();
    expect(() => signStandardWebhooks(['whsec_%'], 'msg_1', seconds, body)).toThrow();
  });

  it('makes secrets of 24 random bytes', () => {
    expect(decodeWebhookSecret(generateWebhookSecret())).toHaveLength(24);
    expect(generateWebhookSecret()).not.toBe(generateWebhookSecret());
  });
});

describe('verifying by Standard Webhooks', () => {
  it('accepts what the reference library signed, with the prefix and without', () => {
    const signature = new Webhook(SECRET).sign('msg_1', now, body.toString());
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
    expect(verify(headers)).toEqual({ ok: true });
    expect(verify(headers, { secrets: [{ value: SECRET.slice('whsec_'.length) }] })).toEqual({ ok: true });
  });

  it('accepts any of several signatures, and passes over versions it does not know', () => {
    const headers = signed(seconds, [generateWebhookSecret(), SECRET]);
    const signature = `v1a,abcd v2,efgh ${headers['webhook-signature']}`;
    expect(verify({ ...headers, 'webhook-signature': signature })).toEqual({ ok: true });
  });

  it('accepts by any active secret', () => {
    expect(verify(signed(), { secrets: [{ value: generateWebhookSecret() }, { value: SECRET }] })).toEqual({
      ok: true,
    });
  });

  it.each([
    ['72 hours by default', undefined, 72 * 3600],
    ['the seconds that are set', 300, 300],
  ])('accepts a timestamp as old as %s', (_, toleranceSeconds, age) => {
    expect(verify(signed(seconds - age), { toleranceSeconds })).toEqual({ ok: true });
    expect(verify(signed(seconds - age - 1), { toleranceSeconds })).toEqual({ ok: false, reason: 'timestamp_too_old' });
  });

  it('accepts a timestamp five minutes ahead and no more, whatever the tolerance', () => {
    expect(verify(signed(seconds + 300))).toEqual({ ok: true });
    expect(verify(signed(seconds + 301))).toEqual({ ok: false, reason: 'timestamp_in_future' });
  });

  it.each([
    ['signature_missing', { 'webhook-signature': undefined }],
    ['signature_missing', { 'webhook-id': undefined }],
    ['timestamp_missing', { 'webhook-timestamp': undefined }],
    ['timestamp_malformed', { 'webhook-timestamp': 'now' }],
    ['timestamp_malformed', { 'webhook-timestamp': '-5' }],
    ['signature_duplicated', { 'webhook-signature': ['v1,a', 'v1,b'] }],
    ['signature_malformed', { 'webhook-signature': `${signed()['webhook-signature']}, v1,abcd` }],
    ['signature_malformed', { 'webhook-signature': 'abcd' }],
    ['signature_mismatch', { 'webhook-signature': 'v1,abcd' }],
    ['signature_mismatch', { 'webhook-signature': signed()['webhook-signature'].replace('v1,', 'v2,') }],
    ['signature_mismatch', { 'webhook-id': 'msg_2' }],
    ['signature_mismatch', { 'webhook-timestamp': String(seconds - 1) }],
  ])('refuses with %s', (reason, headers) => {
    expect(verify({ ...signed(), ...headers })).toEqual({ ok: false, reason });
  });

  it('refuses another body, and everything where no secret is active', () => {
    expect(verify(signed(), { body: Buffer.from('{}') })).toEqual({ ok: false, reason: 'signature_mismatch' });
    expect(verify(signed(), { secrets: [{ value: 'whsec_%' }] })).toEqual({ ok: false, reason: 'no_active_secret' });
  });
});
