import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { signRs256Jwt } from './sign-jwt.js';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('signRs256Jwt', () => {
  it('makes a token that jose verifies with the public key, and with no other', async () => {
    const { privateKey, publicKey } = pair();
    const token = await signRs256Jwt({ key: privateKey, kid: 'k1', claims: { iss: 'demo', exp: 4_000_000_000 } });
    const verified = await jwtVerify(token, publicKey, { algorithms: ['RS256'], issuer: 'demo' });
    expect(verified.protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    await expect(jwtVerify(token, pair().publicKey)).rejects.toThrow('signature verification failed');
  });

  it('rejects for a key that cannot sign', async () => {
    const { publicKey } = pair();
    await expect(signRs256Jwt({ key: publicKey, kid: 'k1', claims: {} })).rejects.toThrow();
  });
});
