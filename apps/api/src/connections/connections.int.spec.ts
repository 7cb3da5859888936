import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;
let key: string;

beforeAll(async () => {
  const PUBLIC_INGRESS_URLS = JSON.stringify({ cair: 'https://in.example/c/', tpastream: 'https://in.example' });
  own = await startOwnApi({ PUBLIC_INGRESS_URLS });
  ({ api, pool } = own);
  key = await api.createTenant('acme');
});

afterAll(() => own?.close());

const post = (body: unknown, path = '/v1/connections') => api.call('POST', path, { key, body });
const get = (id: string, as = key) => api.call('GET', `/v1/connections/${id}`, { key: as });
const patch = (id: string, body: unknown) => api.call('PATCH', `/v1/connections/${id}`, { key, body });

const cair = (secret = 'top-secret-value') => ({
  provider: 'cair',
  name: 'Clinic',
  auth: { type: 'api_secret', header: 'X-API-KEY', secret },
});
const curacel = (settings?: object) => ({
  provider: 'curacel',
  name: 'c',
  auth: { type: 'none' },
  ...(settings ? { settings } : {}),
});
const stedi = (settings: object) => ({ provider: 'stedi', name: 's', auth: { type: 'none' }, settings });
const reports = { baseUrl: 'https://reports.example/v1', apiKey: 'report-key-value' };

const tokenOf = (url: string) => /\/webhooks\/\w+\/([0-9a-f]{32})/.exec(url)?.[1];

describe('connections', () => {
  it('answer with the address of each route and never with a secret', async () => {
    const created = await post(cair());
    expect(created.status).toBe(201);
    const { webhook } = created.body.urls as { webhook: string };
    expect(webhook).toMatch(/^https:\/\/in\.example\/c\/webhooks\/cair\/[0-9a-f]{32}$/);
    const read = await get(created.body.id);
    expect(read.body).toMatchObject({ urls: { webhook }, auth: { type: 'api_secret', header: 'X-API-KEY' } });
    expect(JSON.stringify([created.body, read.body])).not.toContain('top-secret-value');
  });

  it('seal what was posted for their own row, and the token by its hash', async () => {
    const { body } = await post(cair('sealed-away'));
    const { rows } = await pool.query<{ sealed: Buffer; auth: object }>(
      'select sealed, auth::text from connections where id = $1',
      [body.id],
    );
    const place = { tenant: 'acme', table: 'connections', row: body.id, column: 'sealed' };
    const opened: unknown = JSON.parse(Keyring.parse(api.keyring).open(rows[0]!.sealed, place));
    expect(opened).toEqual({ auth: cair('sealed-away').auth, settings: {} });
    expect(rows[0]!.auth).not.toContain('sealed-away');
    const token = tokenOf((body.urls as { webhook: string }).webhook)!;
    const found = await pool.query('select connection_id from connection_tokens where token_hash = sha256($1)', [
      token,
    ]);
    expect(found.rows).toEqual([{ connection_id: body.id }]);
  });

  it('of tpastream have an address for each of its two webhooks', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeys = [publicKey.export({ type: 'spki', format: 'pem' })];
    const { status, body } = await post({ provider: 'tpastream', name: 't', auth: { type: 'jwt_rs256', publicKeys } });
    expect(status).toBe(201);
    const urls = body.urls as Record<string, string>;
    expect(Object.keys(urls).sort()).toEqual(['claims', 'first-crawl-completions']);
    expect(urls.claims).toMatch(/\/webhooks\/tpastream\/[0-9a-f]{32}\/claims$/);
  });

  it('name the schemes and providers there are when one is unknown', async () => {
    const badType = await post({ ...cair(), auth: { type: 'magic' } });
    expect(badType).toMatchObject({ status: 422, body: { errors: [{ path: 'auth.type' }] } });
    expect(badType.body.errors[0]!.message).toContain('api_secret, hmac_sha256');
    const badProvider = await post({ ...cair(), provider: 'acme' });
    expect(badProvider.body.errors[0]!.message).toContain('cair, curacel, tpastream, stedi');
  });

  it('are refused with the path of the bad field, and without its value', async () => {
    const answer = await post({
      ...cair(),
      auth: { type: 'api_secret', header: 'bad header', secret: 'shh-secret', x: 1 },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }) => path).sort()).toEqual(['auth.header', 'auth.x']);
    expect(JSON.stringify(answer.body)).not.toContain('shh-secret');
  });

  it('need a stated claimNamespace for the second account where claim ids are local to one', async () => {
    expect((await post(curacel())).status).toBe(201);
    expect(await post(curacel())).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'settings.claimNamespace' }] },
    });
    expect((await post(curacel({ claimNamespace: '' }))).status).toBe(201);
    const third = await post(curacel({ claimNamespace: 'north' }));
    expect(third.status).toBe(201);
    expect((await patch(third.body.id, { settings: { claimNamespace: 'south' } })).status).toBe(422);
  });

  it('keep the report key while the origin stays, and want it anew when it changes', async () => {
    const { body } = await post(stedi({ reports, claimNamespace: 's1' }));
    expect(JSON.stringify(body)).not.toContain('report-key-value');
    const withoutKey = { baseUrl: reports.baseUrl };
    const same = await patch(body.id, { settings: { reports: withoutKey, currency: null } });
    expect(same).toMatchObject({ status: 200, body: { settings: { currency: null, claimNamespace: 's1' } } });
    const moved = await patch(body.id, { settings: { reports: { baseUrl: 'https://evil.example' } } });
    expect(moved).toMatchObject({ status: 422, body: { errors: [{ path: 'settings.reports.apiKey' }] } });
  });

  it('rotate the token with an overlap', async () => {
    const { body } = await post(cair());
    const before = (body.urls as { webhook: string }).webhook;
    const rotated = await post({ overlapSeconds: 60 }, `/v1/connections/${body.id}/rotate-token`);
    expect(rotated.status).toBe(200);
    const after = (rotated.body.urls as { webhook: string }).webhook;
    expect(after).not.toBe(before);
    expect((await get(body.id)).body.urls).toEqual({ webhook: after });
    const { rows } = await pool.query<{ seconds: number | null }>(
      `select round(extract(epoch from not_after - now()))::int as seconds from connection_tokens
       where connection_id = $1 order by not_after nulls last`,
      [body.id],
    );
    expect(rows).toEqual([{ seconds: expect.closeTo(60, -1) as unknown }, { seconds: null }]);
  });

  it('have one current token however many rotations run at once', async () => {
    const { id } = (await post(cair())).body;
    await Promise.all([1, 2, 3].map(() => post({}, `/v1/connections/${id}/rotate-token`)));
    const { rows } = await pool.query<{ all: number; current: number }>(
      `select count(*)::int as all, (count(*) filter (where not_after is null))::int as current
       from connection_tokens where connection_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ all: 4, current: 1 }]);
  });

  it('show their addresses only to an owner', async () => {
    const { body } = await post(cair());
    const viewer = (await post({ name: 'v', scope: 'viewer' }, '/v1/api-keys')).body.apiKey;
    const seen = await get(body.id, viewer);
    expect(seen).toMatchObject({ status: 200, body: { urls: { webhook: 'https://in.example/c/webhooks/cair/***' } } });
  });

  it('are listed by provider, page by page, and gone once deleted', async () => {
    const own = await api.createTenant('lister');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await api.call('POST', '/v1/connections', { key: own, body: cair() })).body.id);
    }
    const first = await api.call('GET', '/v1/connections?provider=cair&limit=2', { key: own });
    const next = await api.call('GET', `/v1/connections?limit=2&cursor=${first.body.nextCursor}`, { key: own });
    expect([...first.body.data, ...next.body.data].map(({ id }) => id)).toEqual(ids.reverse());
    expect(next.body.nextCursor).toBeNull();
    expect((await api.call('DELETE', `/v1/connections/${ids[0]}`, { key: own })).status).toBe(204);
    expect((await get(ids[0]!, own)).status).toBe(404);
  });

  it('show how reports are fetched: the pause with its remedy, what waits, and where the backfill stands', async () => {
    const { body } = await post(
      stedi({ reports: { ...reports, coreBaseUrl: 'https://core.example' }, claimNamespace: 'r1' }),
    );
    const running = { state: 'running', reason: null, since: null, remedy: null, waiting: 0, oldestWaitingSince: null };
    expect(body.reports).toMatchObject({ ...running, backfill: { cursor: null, lastPolledAt: null, missed: 0 } });
    await pool.query(
      `insert into stedi_report_connections (connection_id, tenant_id, paused_at, pause_reason, paused_version, poll_from,
         polled_at, poll_failure, poll_failed_at, missed, missed_at)
       select id, tenant_id, '2026-01-02T03:04:05Z', 'report_forbidden', updated_at, '2026-01-02', '2026-01-03',
         'report_timeout', '2026-01-04', 7, '2026-01-05' from connections where id = $1`,
      [body.id],
    );
    await pool.query(
      `insert into stedi_jobs (tenant_id, transaction_id, connection_id, origin, event, headers, sealed, requests, created_at)
       values ('acme', 'tx-1', $1, 'webhook', '{}', '{}', '', 1, '2026-01-06'), ('acme', 'tx-2', $1, 'webhook', '{}', '{}', '', 1, now())`,
      [body.id],
    );
    const paused = {
      state: 'paused',
      reason: 'report_forbidden',
      since: '2026-01-02T03:04:05.000Z',
      remedy: expect.stringContaining('settings.reports.apiKey') as string,
      waiting: 2,
      oldestWaitingSince: '2026-01-06T00:00:00.000Z',
      backfill: {
        cursor: '2026-01-02T00:00:00.000Z',
        lastPolledAt: '2026-01-03T00:00:00.000Z',
        failure: 'report_timeout',
        failedAt: '2026-01-04T00:00:00.000Z',
        missed: 7,
        lastMissedAt: '2026-01-05T00:00:00.000Z',
      },
    };
    expect((await get(body.id)).body.reports).toEqual(paused);
    const { body: page } = await api.call('GET', '/v1/connections?provider=stedi&limit=100', { key });
    expect(page.data.find(({ id }) => id === body.id)?.reports).toEqual(paused);
    // A change is what ends a pause; backfill is not shown where there is none.
    const settings = { reports: { ...reports, apiKey: 'another-key' } };
    expect((await patch(body.id, { settings })).body.reports).toMatchObject({
      ...running,
      waiting: 2,
      oldestWaitingSince: paused.oldestWaitingSince,
      backfill: null,
    });
    expect((await post(cair())).body.reports).toBeNull();
  });
});
