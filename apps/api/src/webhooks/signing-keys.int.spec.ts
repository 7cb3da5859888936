import { createPrivateKey } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
});

afterAll(() => own?.close());

interface KeyRow {
  kid: string;
  sealed: Buffer;
  signs_from: Date;
  published_until: Date | null;
}

const keysOf = async (tenant: string) => {
  const { rows } = await pool.query<KeyRow>('select * from signing_keys where tenant_id = $1 order by signs_from', [
    tenant,
  ]);
  return rows;
};
const publishedKids = async () => {
  const { keys } = (await api.call('GET', '/.well-known/jwks.json')).body as unknown as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

/** A tenant with `count` webhooks that sign by JWT, made at once. */
async function arrange(tenant: string, count = 1) {
  const key = await api.createTenant(tenant);
  const set = await api.call('POST', '/v1/credential-sets', { key, body: { name: 'n', type: 'none' } });
  const signing = { type: 'jwt_rs256', header: 'X-Jwt' };
  const body = { name: 'w', url: 'https://pms.example/in', credentialSetId: set.body.id, signing };
  const made = await Promise.all(Array.from({ length: count }, () => api.call('POST', '/v1/webhooks', { key, body })));
  expect(made.map(({ status }) => status)).toEqual(Array(count).fill(201));
  expect(made[0]?.body.signing).toEqual(signing);
  return { key, webhookId: made[0]!.body.id };
}

describe('the key of a tenant', () => {
  it('is made with the first webhook that signs by JWT, once, and is kept sealed', async () => {
    await arrange('first', 3);
    const keys = await keysOf('first');
    expect(keys).toHaveLength(1);
    expect(keys[0]!.sealed.toString('latin1')).not.toContain('PRIVATE KEY');
  });

  it('is published for everyone, without its private half, and may be kept for a while', async () => {
    await arrange('published');
    const answer = await api.call('GET', '/.well-known/jwks.json');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    const { keys } = answer.body as unknown as { keys: { kid: string }[] };
    const [{ kid, sealed }] = (await keysOf('published')) as [KeyRow];
    const published = keys.find((key) => key.kid === kid)!;
    expect(Object.keys(published).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const place = { tenant: 'published', table: 'signing_keys', row: kid, column: 'sealed' };
    const token = await new SignJWT({ a: 1 })
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign(createPrivateKey(Keyring.parse(api.keyring).open(sealed, place)));
    const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', api.url));
    expect((await jwtVerify(token, jwks, { algorithms: ['RS256'] })).payload).toEqual({ a: 1 });
  });

  it('is rotated with an overlap: the new one is published before it signs, the old one for a while after', async () => {
    const { key, webhookId } = await arrange('rotated');
    const rotate = (body: object) => api.call('POST', '/v1/signing-keys/rotate', { key, body });
    const { status, body } = await rotate({ publishSeconds: 100, overlapSeconds: 50 });
    expect(status).toBe(200);
    const [old, fresh] = await keysOf('rotated');
    expect(fresh).toMatchObject({ kid: body.kid, published_until: null });
    expect(Math.round((fresh!.signs_from.getTime() - Date.now()) / 10_000)).toBe(10);
    expect(old!.published_until!.getTime() - fresh!.signs_from.getTime()).toBe(50_000);
    expect(await publishedKids()).toEqual(expect.arrayContaining([old!.kid, fresh!.kid]));

    await pool.query(`update signing_keys set published_until = now() where kid = $1`, [old!.kid]);
    expect(await publishedKids()).not.toContain(old!.kid);
    const wrong = await api.call('POST', `/v1/webhooks/${webhookId}/rotate-secret`, { key, body: {} });
    expect(wrong.status).toBe(422);
  });
});
