import { describe, expect, it } from 'vitest';
import { verifyBasic } from './basic.js';
import { constantTimeEqual } from './constant-time-equal.js';
import { readSecrets, readTimedValues, type TimedSecret } from './secrets.js';
import { verifySharedSecret } from './shared-secret.js';

const refusal = (reason: string) => ({ ok: false, reason });

describe('HTTP Basic', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const verify = (authorization: string | string[] | undefined, ...passwords: TimedSecret[]) =>
    verifyBasic({ authorization, username: 'stedi', passwords, now });

  it('accepts the user and password, also with a colon and beyond ASCII', () => {
    expect(verify(header('stedi:pass:wörd'), { value: 'pass:wörd' })).toEqual({ ok: true });
    expect(verify(header('stedi:secret').replace('Basic', 'bAsIc'), { value: 'secret' })).toEqual({ ok: true });
  });

  it('accepts each of several passwords while it holds', () => {
    const passwords = [{ value: 'gone', notAfter: '2026-06-01T00:00:00Z' }, { value: 'old' }, { value: 'new' }];
    for (const password of ['old', 'new']) expect(verify(header(`stedi:${password}`), ...passwords).ok).toBe(true);
    expect(verify(header('stedi:gone'), ...passwords)).toEqual(refusal('credential_mismatch'));
    expect(verify(header('stedi:gone'), ...passwords.slice(0, 1))).toEqual(refusal('no_active_secret'));
    expect(verify(header('stedi:'), { value: '' })).toEqual(refusal('no_active_secret'));
  });

  it.each([
    ['credential_missing', undefined],
    ['credential_missing', ''],
    ['signature_duplicated', [header('stedi:secret'), header('stedi:secret')]],
    ['signature_malformed', 'Bearer abc'],
    ['signature_malformed', `${header('stedi:secret')}, ${header('stedi:secret')}`],
    ['credential_mismatch', header('stedi:secre')],
    ['credential_mismatch', header('stedi:secret2')],
    ['credential_mismatch', header('Stedi:secret')],
    ['credential_mismatch', header('stedisecret')],
  ])('refuses with %s', (reason, value) => expect(verify(value, { value: 'secret' })).toEqual(refusal(reason)));
});

describe('a shared secret in a header', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const secrets = [{ value: 'old', notAfter: '2026-06-01T00:00:00Z' }, { value: 'new' }];

  it.each([
    [{ ok: true }, 'new'],
    [refusal('credential_mismatch'), 'old'],
    [refusal('credential_mismatch'), 'new, new'],
    [refusal('credential_missing'), undefined],
    [refusal('signature_duplicated'), ['new', 'new']],
  ])('answers %j to %j', (check, presented) => expect(verifySharedSecret(presented, secrets, now)).toEqual(check));

  it('refuses all where none is active, an empty one included', () => {
    expect(verifySharedSecret('x', [], now)).toEqual(refusal('no_active_secret'));
    expect(verifySharedSecret('x', [{ value: '' }], now)).toEqual(refusal('no_active_secret'));
  });
});

describe('the secrets of an auth object', () => {
  it('are one, several with their times, or plain text', () => {
    const timed = { value: 'b', notAfter: '2027-01-01T00:00:00Z' };
    expect(readSecrets({ secret: 'a' })).toEqual([{ value: 'a' }]);
    expect(readSecrets({ secrets: [timed, 'c', 7, null, {}] })).toEqual([timed, { value: 'c' }]);
    expect(readSecrets({})).toEqual([]);
  });

  it('may have other names', () => {
    const auth = { secret: 'a', password: 'b', passwords: ['c'] };
    expect(readTimedValues(auth, 'password', 'passwords')).toEqual([{ value: 'b' }, { value: 'c' }]);
    expect(readSecrets(auth)).toEqual([{ value: 'a' }]);
  });
});

describe('constant-time comparison', () => {
  it('tells equal from different values of any length', () => {
    expect(constantTimeEqual('abc', Buffer.from('abc'))).toBe(true);
    for (const other of ['abd', 'ab', 'abcd', '']) expect(constantTimeEqual('abc', other)).toBe(false);
  });
});
