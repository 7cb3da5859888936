import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyRs256Jwt, type Rs256Verification } from './jwt.js';
import { ProvenTokens } from './proven-tokens.js';

const now = new Date('2026-06-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const later = (after: number): Date => new Date(now.getTime() + after * 1_000);
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const otherPem = other.publicKey.export({ format: 'pem', type: 'spki' }).toString();

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
function signed(claims: object): string {
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}
const verify = (token: string, more: Partial<Rs256Verification> = {}) =>
  verifyRs256Jwt({ token, publicKeys: [pem], now, ...more });

/** A token whose signature has been verified. */
async function proven(claims: object): Promise<string> {
  const token = signed(claims);
  const first = verify(token);
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toEqual({ ok: true });
  return token;
}

const refusal = (reason: string) => ({ ok: false, reason });

describe('a token that comes again', () => {
  it('is taken without verifying its signature again', async () => {
    const token = await proven({ exp: seconds + 300, sub: 'again' });
    expect(verify(token)).toEqual({ ok: true });
    expect(verify(token, { publicKeys: ['broken', otherPem, pem] })).toEqual({ ok: true });
  });

  it('expires all the same, to the second', async () => {
    const token = await proven({ exp: seconds + 10 });
    expect(await verify(token, { now: later(39) })).toEqual({ ok: true });
    expect(await verify(token, { now: later(40) })).toEqual(refusal('token_expired'));
    expect(await verify(token, { now: later(41) })).toEqual(refusal('token_expired'));
  });

  it('is not taken before its time by a clock that went back', async () => {
    const token = await proven({ exp: seconds + 300, nbf: seconds });
    expect(await verify(token, { now: later(-31) })).toEqual(refusal('token_not_yet_valid'));
  });

  it('lives as long as each connection allows', async () => {
    const token = await proven({ exp: seconds + 300, iat: seconds });
    expect(await verify(token, { maxTokenLifetimeSeconds: 300 })).toEqual({ ok: true });
    expect(await verify(token, { maxTokenLifetimeSeconds: 299 })).toEqual(refusal('token_lifetime_too_long'));
  });

  it('is refused as soon as its key is withdrawn, and by a connection with other keys', async () => {
    const token = await proven({ exp: seconds + 300, sub: 'withdrawn' });
    expect(await verify(token, { publicKeys: [otherPem] })).toEqual(refusal('signature_mismatch'));
    expect(await verify(token, { publicKeys: [] })).toEqual(refusal('key_unusable'));
    expect(verify(token)).toEqual({ ok: true });
  });

  it('proves nothing for one that differs in a bit of claims or signature', async () => {
    const token = await proven({ exp: seconds + 300, sub: 'altered' });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const forged of [
      `${header}.${encode({ exp: seconds + 999 })}.${signature}`,
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}.`,
    ]) {
      expect(await verify(forged), forged).toMatchObject({ ok: false });
    }
  });

  it('is verified each time where it was refused', async () => {
    const token = signed({ exp: seconds - 60 });
    for (let time = 0; time < 2; time++) expect(await verify(token)).toEqual(refusal('token_expired'));
    expect(await verify(token, { now: later(-60) })).toEqual({ ok: true });
  });
});

describe('what is remembered', () => {
  it('is bounded: the oldest makes room', () => {
    const tokens = new ProvenTokens(2);
    const claims = { exp: seconds, nbf: undefined, iat: undefined };
    for (const digest of ['a', 'b', 'c']) tokens.add(digest, publicKey, claims);
    expect(['a', 'b', 'c'].map((digest) => tokens.claimsOf(digest, [publicKey]))).toEqual([null, claims, claims]);
    expect(tokens.claimsOf('c', [other.publicKey])).toBeNull();
  });
});
