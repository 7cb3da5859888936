import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { errors, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_SECONDS, verifyRs256Jwt } from './jwt.js';

const now = new Date('2026-06-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();

async function byJose(token: string): Promise<boolean> {
  try {
    await jwtVerify(token, publicKey, {
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: now,
    });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

const byUs = async (token: string): Promise<boolean> => (await verifyRs256Jwt({ token, publicKeys: [pem], now })).ok;

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const signed = (header: string, payload: string): string => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
};

const moment = fc.oneof(
  fc.integer({ min: seconds - 60, max: seconds + 60 }),
  fc.constantFrom(seconds + 0.5, null, 'soon', true, -1, 1e300, [seconds + 60]),
);
const payloads = fc
  .record({ exp: moment, nbf: moment, sub: fc.string({ unit: 'binary' }) }, { requiredKeys: [] })
  .map((claims) => JSON.stringify(claims));
const headers = fc.constantFrom(
  '{"alg":"RS256"}',
  '{"alg":"RS256","typ":"JWT"}',
  '{"typ":"JWT","alg":"none","alg":"RS256"}',
  '{"alg":"none"}',
  '{"alg":"HS256"}',
  '{"alg":["RS256"]}',
  '{"alg":"RS256","crit":["exp"]}',
  '{"alg":"RS256","b64":false,"crit":["b64"]}',
  '["RS256"]',
  'RS256',
);

describe('what is verified without jose', () => {
  it('is what jose would have taken, whatever header and claims say', async () => {
    await fc.assert(
      fc.asyncProperty(headers, payloads, async (header, payload) => {
        const token = signed(header, payload);
        expect(await byUs(token)).toBe(await byJose(token));
      }),
    );
  });

  it('is not what was damaged on its way', async () => {
    const good = signed('{"alg":"RS256","typ":"JWT"}', JSON.stringify({ exp: seconds + 60 }));
    const damage = fc.record({ at: fc.nat(good.length - 1), by: fc.constantFrom('', 'A', '.', '=', '+', ' ', 'é') });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, by }) => {
        const token = good.slice(0, at) + by + good.slice(at + 1);
        // The last character's spare bits are no part of the signature.
        fc.pre(token !== good && at < good.length - 1);
        expect(await byUs(token)).toBe(false);
        expect(await byJose(token)).toBe(false);
      }),
    );
    expect(await byUs(good)).toBe(true);
  });
});
