import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import { seedEvent } from '../../test/seed-claims.js';

let own: OwnApi;
let owner: string;

const CLAIM = 'acme/cair/secret-claim';

interface Entry {
  id: string;
  actor: string;
  action: string;
  target: string | null;
  detail: Record<string, unknown>;
}

const get = (path: string, key = owner) => own.api.call('GET', `/v1${path}`, { key });
const entries = async (query = '', key = owner) =>
  (await get(`/audit-log?limit=200${query}`, key)).body.data as unknown as Entry[];
const refusals = (key = owner) => entries('&action=access.refused', key);

beforeAll(async () => {
  own = await startOwnApi();
  owner = await own.api.createTenant('acme');
  await seedEvent(own.pool, {
    tenant: 'acme',
    claimId: 'secret-claim',
    version: 1,
    occurredAt: '2026-01-01T00:00:00Z',
  });
});

afterAll(() => own?.close());

describe('reading claims', () => {
  it('has an entry for every answer, which holds no name of a claim', async () => {
    const path = `/claims/${encodeURIComponent(CLAIM)}`;
    expect((await get(path)).status).toBe(200);
    await get(`${path}/events`);
    await get('/claims?q=secret-claim');
    const [listed, history, read] = await entries();
    expect([read, history, listed]).toMatchObject([
      { action: 'claim.read', target: expect.stringMatching(/^claim:[0-9a-f]{32}$/) as string },
      { action: 'claim.history_read', target: read?.target },
      { action: 'claims.listed', target: null, detail: { count: 1, filters: ['q'] } },
    ]);
    expect(JSON.stringify(await entries())).not.toContain('secret-claim');
    expect(await entries(`&claim=${encodeURIComponent(CLAIM)}`)).toHaveLength(2);
    expect(await entries(`&claim=${encodeURIComponent('acme/cair/another')}`)).toEqual([]);
  });

  it('has none for what was not answered', async () => {
    expect((await get('/claims/acme%2Fcair%2Fnot-there')).status).toBe(404);
    expect(await entries(`&claim=${encodeURIComponent('acme/cair/not-there')}`)).toEqual([]);
  });
});

describe('failed access', () => {
  it('of a key that is not enough, revoked or expired is in the log of its tenant', async () => {
    const make = async (scope: string) =>
      (await own.api.call('POST', '/v1/api-keys', { key: owner, body: { name: scope, scope } })).body;
    const [viewer, revoked, expired] = [await make('viewer'), await make('viewer'), await make('viewer')];
    await own.api.call('DELETE', `/v1/api-keys/${revoked.id}`, { key: owner });
    await own.pool.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [expired.id]);
    const statuses = [
      (await get('/audit-log', viewer.apiKey)).status,
      (await get('/claims', revoked.apiKey)).status,
      (await get('/claims', expired.apiKey)).status,
    ];
    expect(statuses).toEqual([403, 401, 401]);
    const detail = { address: '127.0.0.1', route: 'GET /v1/claims' };
    expect(await refusals()).toMatchObject([
      { actor: expired.id, detail: { status: 401, reason: 'expired', ...detail } },
      { actor: revoked.id, detail: { status: 401, reason: 'revoked', ...detail } },
      { actor: viewer.id, detail: { status: 403, reason: 'not_allowed', route: 'GET /v1/audit-log' } },
    ]);
  });

  it('of nobody known is in the platform’s, once a minute, without what was sent', async () => {
    const before = Math.floor(Date.now() / 60_000);
    for (let n = 0; n < 5; n++) await get('/claims', `cw_live_${'0'.repeat(40)}${n}`);
    await own.api.call('GET', '/v1/claims');
    const minutes = Math.floor(Date.now() / 60_000) - before + 1;
    const found = await refusals(own.api.adminKey);
    expect(found.map(({ detail }) => detail.reason)).toEqual(expect.arrayContaining(['unknown', 'missing']));
    expect(found.length).toBeLessThanOrEqual(2 * minutes);
    expect(found[0]).toMatchObject({ actor: 'anonymous', target: null });
    expect(JSON.stringify(found)).not.toContain('cw_live');
    expect(JSON.stringify(await refusals())).not.toContain('anonymous');
  });
});

describe('the audit log', () => {
  it.each([
    "update audit_log set actor = 'x'",
    'delete from audit_log',
    'delete from audit_log where false',
    'truncate audit_log',
  ])('is append-only in the database: %s', async (statement) => {
    await expect(own.pool.query(statement)).rejects.toMatchObject({
      code: '42501',
      message: 'audit_log is append-only',
    });
  });

  it('is exported as lines, oldest first, and that is in it', async () => {
    const exported = async (query = '') => {
      const { status, headers, body } = await get(`/audit-log/export${query}`);
      expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      const lines = (body as unknown as string).trim().split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as Entry);
    };
    const listed = await entries();
    const all = await exported();
    expect(all.slice(0, listed.length).map(({ id }) => id)).toEqual(listed.map(({ id }) => id).reverse());
    expect(all.at(-1)).toMatchObject({ action: 'audit_log.exported' });
    expect(await exported('?since=2999-01-01T00:00:00Z')).toEqual([]);
    expect((await exported()).at(-2)).toMatchObject({ detail: { filters: ['since'] } });
    const some = await exported('?action=api_key.created&since=2020-01-01T00:00:00Z');
    expect(new Set(some.map(({ action }) => action))).toEqual(new Set(['api_key.created']));
  });
});
