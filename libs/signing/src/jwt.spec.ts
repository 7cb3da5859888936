import { createHmac, createPublicKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { verifyRs256Jwt, type Rs256Verification } from './jwt.js';
import { importRsaPublicKey, isRsaPublicKey } from './rsa-public-key.js';

const now = new Date('2026-06-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();

/** OpenSSH's form, made here by hand from the numbers. */
function sshKey(key: KeyObject): string {
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
  const blob = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), modulus].map(field);
  return `ssh-rsa ${Buffer.concat(blob).toString('base64')} keys@example.test`;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const signed = (claims: object, key = privateKey) => {
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
};
const valid = { exp: seconds + 300 };

const verify = (token: Rs256Verification['token'], more: Partial<Rs256Verification> = {}) =>
  verifyRs256Jwt({ token, publicKeys: [sshKey(publicKey)], now, ...more });

const refusal = (reason: string) => ({ ok: false, reason });

describe('an RS256 token', () => {
  it('is accepted by an SSH key, by a PEM key, and made by jose', async () => {
    expect(await verify(signed(valid))).toEqual({ ok: true });
    expect(await verify(signed(valid), { publicKeys: [pem(publicKey)] })).toEqual({ ok: true });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime(seconds + 60)
      .sign(privateKey);
    expect(await verify(token)).toEqual({ ok: true });
  });

  it('is accepted by any of several keys, passing over unusable ones', async () => {
    const publicKeys = ['broken', sshKey(stranger.publicKey), sshKey(publicKey)];
    expect(await verify(signed(valid), { publicKeys })).toEqual({ ok: true });
    expect(await verify(signed(valid), { publicKeys: publicKeys.slice(0, 2) })).toEqual(refusal('signature_mismatch'));
    expect(await verify(signed(valid), { publicKeys: ['broken'] })).toEqual(refusal('key_unusable'));
  });

  it.each([
    ['alg none', `${encode({ alg: 'none' })}.${encode(valid)}.`],
    [
      'HS256 with the public key as secret',
      (() => {
        const text = `${encode({ alg: 'HS256' })}.${encode(valid)}`;
        return `${text}.${createHmac('sha256', pem(publicKey)).update(text).digest('base64url')}`;
      })(),
    ],
    ['PS256', `${encode({ alg: 'PS256' })}.${encode(valid)}.abcd`],
  ])('of %s is refused', async (_, token) => {
    expect(await verify(token)).toEqual(refusal('algorithm_not_allowed'));
  });

  it.each([
    ['token_expiry_missing', {}],
    ['token_claim_invalid', { exp: 'tomorrow' }],
    ['token_claim_invalid', { exp: String(seconds + 300) }],
    ['token_expired', { exp: seconds - 31 }],
    ['token_not_yet_valid', { ...valid, nbf: seconds + 31 }],
    ['token_claim_invalid', { ...valid, nbf: 'soon' }],
    ['token_claim_invalid', { ...valid, iat: 'once' }],
  ])('is refused with %s', async (reason, claims) => {
    expect(await verify(signed(claims))).toEqual(refusal(reason));
  });

  it('is accepted within thirty seconds of clock skew', async () => {
    expect(await verify(signed({ exp: seconds - 29 }))).toEqual({ ok: true });
    expect(await verify(signed({ ...valid, nbf: seconds + 30 }))).toEqual({ ok: true });
  });

  it('lives no longer than allowed, from its issue or from now', async () => {
    const within = { maxTokenLifetimeSeconds: 300 };
    expect(await verify(signed({ iat: seconds - 10, exp: seconds + 290 }), within)).toEqual({ ok: true });
    expect(await verify(signed({ iat: seconds - 10, exp: seconds + 291 }), within)).toEqual(
      refusal('token_lifetime_too_long'),
    );
    expect(await verify(signed({ exp: seconds + 300 }), within)).toEqual({ ok: true });
    expect(await verify(signed({ exp: seconds + 3600 }), within)).toEqual(refusal('token_lifetime_too_long'));
    const future = { iat: seconds + 3600, exp: seconds + 3700 };
    expect(await verify(signed(future), within)).toEqual(refusal('token_not_yet_valid'));
  });

  it('is refused unsigned, doubled, truncated, altered or of another key', async () => {
    const token = signed(valid);
    expect(await verify(undefined)).toEqual(refusal('signature_missing'));
    expect(await verify([token, token])).toEqual(refusal('signature_duplicated'));
    expect(await verify(`${token}, ${token}`)).toEqual(refusal('signature_duplicated'));
    expect(await verify(token.slice(0, -10))).toEqual(refusal('signature_mismatch'));
    expect(await verify('not.a.token')).toEqual(refusal('signature_malformed'));
    expect(await verify(signed(valid, stranger.privateKey))).toEqual(refusal('signature_mismatch'));
    const [header, , signature] = token.split('.');
    const altered = `${header}.${encode({ exp: seconds + 9999 })}.${signature}`;
    expect(await verify(altered)).toEqual(refusal('signature_mismatch'));
  });
});

describe('an RSA public key', () => {
  it('in SSH form has the same numbers as in PEM form', async () => {
    expect(await exportJWK(importRsaPublicKey(sshKey(publicKey)))).toEqual(
      await exportJWK(createPublicKey(pem(publicKey))),
    );
  });

  it.each([
    ['a short one', () => sshKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['a private one', () => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
    ['one of another kind', () => pem(generateKeyPairSync('ed25519').publicKey)],
    ['a truncated one', () => sshKey(publicKey).slice(0, 200)],
    ['an SSH key of another kind', () => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAvIzUkC'],
    ['nothing', () => ''],
  ])('is not %s', (_, text) => expect(isRsaPublicKey(text())).toBe(false));

  it('is not anything but text', () => expect(isRsaPublicKey({ kty: 'RSA' })).toBe(false));
});
