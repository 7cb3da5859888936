import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase } from '@claimwire/testkit';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.js';

const ISSUER = 'https://id.example';
const AUDIENCE = 'claimwire';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

let api: TestApi;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let provider: Server;
let keys: KeyPair;
let otherKeys: KeyPair;
let isUp = true;

beforeAll(async () => {
  [keys, otherKeys] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] });
  provider = createServer((_request, response) => {
    response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' }).end(isUp ? jwks : '');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const OIDC_JWKS_URL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  database = await createTestDatabase();
  const oidc = { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: AUDIENCE, OIDC_JWKS_URL };
  api = await startTestApi({ DATABASE_URL: database.urlOf('api'), ...oidc });
  await api.createTenant('acme');
});

afterAll(async () => {
  await api?.stop();
  provider?.close();
  await database?.drop();
});

interface Claims extends JWTPayload {
  claimwire_tenant?: string;
  claimwire_scope?: string;
}

const valid = (): Claims => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'jo',
  exp: Math.floor(Date.now() / 1000) + 60,
  claimwire_tenant: 'acme',
  claimwire_scope: 'owner',
});

const sign = (claims: Claims, { privateKey } = keys) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);

const statusWith = async (token: string, path = '/v1/audit-log') =>
  (await api.call('GET', path, { key: token })).status;

describe('a JWT of the configured issuer', () => {
  it('is an outage of ours, not a wrong token, while its keys cannot be read', async () => {
    isUp = false;
    expect(await statusWith(await sign(valid()))).toBe(503);
    isUp = true;
  });

  it('is accepted for its tenant and scope, and named in the audit log', async () => {
    const key = await sign(valid());
    expect((await api.call('POST', '/v1/api-keys', { key, body: { name: 'k', scope: 'viewer' } })).status).toBe(201);
    const [entry] = (await api.call('GET', '/v1/audit-log', { key })).body.data;
    expect(entry).toMatchObject({ actor: 'oidc:jo', action: 'api_key.created' });
  });

  it('gives no more than its scope', async () => {
    expect(await statusWith(await sign({ ...valid(), claimwire_scope: 'viewer' }))).toBe(403);
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'other' }],
    ['that is expired', { exp: 1_000 }],
    ['that never expires', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['without a scope', { claimwire_scope: undefined }],
    ['of an unknown scope', { claimwire_scope: 'root' }],
    ['without a tenant', { claimwire_tenant: undefined }],
  ])('%s is refused', async (_what, change) => {
    expect(await statusWith(await sign({ ...valid(), ...change }))).toBe(401);
  });

  it('is refused when another key signed it, nobody did, or with an algorithm that is not pinned', async () => {
    expect(await statusWith(await sign(valid(), otherKeys))).toBe(401);
    expect(await statusWith(new UnsecuredJWT(valid()).encode())).toBe(401);
    const hmac = new SignJWT(valid()).setProtectedHeader({ alg: 'HS256', kid: 'k1' });
    expect(await statusWith(await hmac.sign(Buffer.alloc(32, 1)))).toBe(401);
  });
});
