import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyring, KeyringFormatError, SealError } from './index.js';

const entry = (id: string, bytes = 32) => `${id}:${randomBytes(bytes).toString('base64')}`;
const place = { tenant: 'acme', table: 'connections', row: 'con_1', column: 'sealed' };

describe('key ring', () => {
  it('opens after a rotation what the old key sealed, and seals with the new one', () => {
    const [old, fresh] = [entry('k1'), entry('k2')];
    const sealedByOld = Keyring.parse(old).seal('secret', place);
    const rotated = Keyring.parse(`${fresh},${old}`);

    expect(rotated.open(sealedByOld, place)).toBe('secret');
    const sealedByNew = rotated.seal('secret', place);
    expect(Keyring.parse(fresh).open(sealedByNew, place)).toBe('secret');
    expect(() => Keyring.parse(old).open(sealedByNew, place)).toThrow(/not in CLAIMWIRE_KEYRING/);
  });

  it('refuses a value sealed with another key of the same id', () => {
    const sealed = Keyring.parse(entry('k1')).seal('secret', place);
    expect(() => Keyring.parse(entry('k1')).open(sealed, place)).toThrow(SealError);
  });

  it('never seals the same text to the same bytes', () => {
    const ring = Keyring.parse(entry('k1'));
    expect(ring.seal('secret', place).equals(ring.seal('secret', place))).toBe(false);
  });

  it('refuses an unknown envelope version', () => {
    const ring = Keyring.parse(entry('k1'));
    const sealed = ring.seal('secret', place);
    sealed[0] = 2;
    expect(() => ring.open(sealed, place)).toThrow(/unknown version/);
  });

  it.each([
    ['nothing', ''],
    ['no id', `:${randomBytes(32).toString('base64')}`],
    ['an id with a space', entry('k 1')],
    ['a short key', entry('k1', 16)],
    ['a long key', entry('k1', 33)],
    ['no key', 'k1'],
    ['a trailing comma', `${entry('k1')},`],
  ])('refuses a setting with %s', (_what, text) => {
    expect(() => Keyring.parse(text)).toThrow(KeyringFormatError);
  });

  it('refuses two keys of one id, and never repeats key material in the message', () => {
    expect(() => Keyring.parse(`${entry('k2')},${entry('k2')}`)).toThrow(/repeats the id/);
    const short = entry('k1', 31);
    expect(() => Keyring.parse(short)).toThrow(/entry 1 is not 32 bytes long$/);
  });
});

describe('a fingerprint', () => {
  const text = `${entry('k2')},${entry('k1')}`;

  it('is the same for the same text, purpose and key, and another for any other', () => {
    const ring = Keyring.parse(text);
    const first = ring.fingerprint('purpose', 'text');
    expect(first).toMatchObject({ keyId: 'k2' });
    expect(first.hash).toHaveLength(32);
    expect(Keyring.parse(text).fingerprint('purpose', 'text')).toEqual(first);
    const others = [
      ring.fingerprint('purpose', 'texts'),
      ring.fingerprint('other', 'text'),
      ring.fingerprint('purpose', 'text', 'k1'),
    ];
    expect(new Set([first, ...others].map(({ hash }) => hash.toString('hex'))).size).toBe(4);
  });

  it('is refused under a key that the ring does not have', () => {
    expect(() => Keyring.parse(text).fingerprint('purpose', 'text', 'k9')).toThrow(SealError);
    expect(Keyring.parse(text).keyIds).toEqual(['k2', 'k1']);
  });
});
