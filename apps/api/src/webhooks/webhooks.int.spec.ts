import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { AnswerBody, TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;
let key: string;
let setId: string;

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
  key = await api.createTenant('acme');
  setId = (await post('/credential-sets', { name: 'none', type: 'none' })).body.id;
});

afterAll(() => own?.close());

const post = (path: string, body?: unknown) => api.call('POST', `/v1${path}`, { key, body });
const patch = (path: string, body: unknown) => api.call('PATCH', `/v1${path}`, { key, body });
const get = (path: string) => api.call('GET', `/v1${path}`, { key });
const webhook = (more: object = {}) => ({
  name: 'w',
  url: 'https://pms.example/hook',
  credentialSetId: setId,
  ...more,
});
const paths = ({ body }: { body: { errors: { path: string }[] } }) => body.errors.map(({ path }) => path);
const signingSecrets = async (id: string) => {
  const { rows } = await pool.query<{ signing_sealed: Buffer }>('select signing_sealed from webhooks where id = $1', [
    id,
  ]);
  const place = { tenant: 'acme', table: 'webhooks', row: id, column: 'signing_sealed' };
  const text = Keyring.parse(api.keyring).open(rows[0]!.signing_sealed, place);
  return (JSON.parse(text) as { secrets: { value: string; notAfter?: string }[] }).secrets;
};

describe('credential sets', () => {
  it.each([
    { type: 'api_keys', headers: [{ name: 'X-Key', value: 'hidden-value' }] },
    { type: 'basic', username: 'user', password: 'hidden-value' },
    { type: 'none' },
    { type: 'none', header: { name: 'X-Unused', value: 'hidden-value' } },
    {
      type: 'oauth2_client_credentials',
      tokenUrl: 'https://id.example/token',
      clientId: 'c',
      clientSecret: 'hidden-value',
    },
  ])('of type $type are kept sealed and read without secrets', async (set) => {
    const created = await post('/credential-sets', { name: 'n', ...set });
    expect(created).toMatchObject({ status: 201, body: { type: set.type, name: 'n' } });
    const read = await get(`/credential-sets/${created.body.id}`);
    expect(JSON.stringify([created.body, read.body])).not.toContain('hidden-value');
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from credential_sets where id = $1', [
      created.body.id,
    ]);
    const place = { tenant: 'acme', table: 'credential_sets', row: created.body.id, column: 'sealed' };
    expect(JSON.parse(Keyring.parse(api.keyring).open(rows[0]!.sealed, place))).toEqual(set);
  });

  it('of type oauth2_client_credentials want the secret anew when the token URL changes', async () => {
    const oauth = { type: 'oauth2_client_credentials', tokenUrl: 'https://id.example/token', clientId: 'c' };
    const { id } = (await post('/credential-sets', { name: 'o', ...oauth, clientSecret: 's' })).body;
    const moved = { ...oauth, tokenUrl: 'https://elsewhere.example/token' };
    const answer = await patch(`/credential-sets/${id}`, moved);
    expect([answer.status, ...new Set(paths(answer))]).toEqual([422, 'clientSecret']);
    expect((await patch(`/credential-sets/${id}`, { ...moved, clientSecret: 's' })).status).toBe(200);
  });

  it.each([
    ['an unknown type', { type: 'x' }, ['type']],
    [
      'a header that Claimwire sets',
      { type: 'api_keys', headers: [{ name: 'webhook-id', value: 'v' }] },
      ['headers.0.name'],
    ],
    [
      'a header value with a line break',
      { type: 'api_keys', headers: [{ name: 'a', value: 'v\r\nb: c' }] },
      ['headers.0.name'],
    ],
    ['no headers', { type: 'api_keys', headers: [] }, ['headers']],
    ['a user name with a colon', { type: 'basic', username: 'a:b', password: 'p' }, ['username']],
  ])('with %s are refused', async (_what, set, expected) => {
    const answer = await post('/credential-sets', { name: 'n', ...set });
    expect(answer.status).toBe(422);
    expect(paths(answer)).toEqual(expected);
  });

  it('are deleted only when no webhook uses them', async () => {
    const { id } = (await post('/credential-sets', { name: 'n', type: 'none' })).body;
    const used = (await post('/webhooks', webhook({ credentialSetId: id }))).body.id;
    const remove = () => api.call('DELETE', `/v1/credential-sets/${id}`, { key });
    expect((await remove()).status).toBe(409);
    await api.call('DELETE', `/v1/webhooks/${used}`, { key });
    expect((await remove()).status).toBe(204);
  });
});

describe('webhooks', () => {
  it('have the documented defaults and show their generated secret once', async () => {
    const created = await post('/webhooks', webhook());
    expect(created).toMatchObject({
      status: 201,
      body: {
        method: 'POST',
        timeoutMs: 5000,
        retryPolicy: { type: 'fixed', retries: 4, delaySeconds: 90 },
        ordering: 'per_claim',
        payload: 'full',
        status: 'active',
        headers: {},
        signing: { type: 'standard_webhooks', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as unknown },
      },
    });
    const { secret } = created.body.signing as { secret: string };
    expect(await signingSecrets(created.body.id)).toEqual([{ value: secret }]);
    const read = await get(`/webhooks/${created.body.id}`);
    expect(read.body.signing).toEqual({ type: 'standard_webhooks' });
  });

  it.each([
    [{ type: 'fixed', retries: 2, delaySeconds: 0.5 }],
    [{ type: 'exponential', initialSeconds: 2, factor: 3, maxDelaySeconds: 60, maxElapsedSeconds: 600 }],
    [{ type: 'schedule', delaysSeconds: [1, 5, 30] }],
  ])('take the retry policy %o as it is', async (retryPolicy) => {
    const { body } = await post('/webhooks', webhook({ retryPolicy }));
    expect((await get(`/webhooks/${body.id}`)).body.retryPolicy).toEqual(retryPolicy);
  });

  it.each([
    ['a method that is none', { method: 'FETCH' }, ['method']],
    ['a URL of another scheme', { url: 'ftp://pms.example' }, ['url']],
    ['credentials in the URL', { url: 'https://u:p@pms.example' }, ['url']],
    ['a relative URL', { url: '/hook' }, ['url']],
    ['an own Host header', { headers: { Host: 'x' } }, ['headers']],
    ['an own ce- header', { headers: { 'CE-id': 'x' } }, ['headers']],
    ['a header with a line break', { headers: { a: 'b\nc: d' } }, ['headers']],
    ['an unknown retry policy', { retryPolicy: { type: 'never' } }, ['retryPolicy']],
    ['a bad number in the retry policy', { retryPolicy: { type: 'fixed', retries: -1 } }, ['retryPolicy.retries']],
    ['a field of another retry policy', { retryPolicy: { type: 'fixed', factor: 2 } }, ['retryPolicy.factor']],
    ['an unknown field', { colour: 'red' }, ['colour']],
    ['a null', { name: null }, ['name']],
    ['no concurrency left', { concurrency: 0 }, ['concurrency']],
    ['a JWT in a header of the protocol', { signing: { type: 'jwt_rs256', header: 'Host' } }, ['signing.header']],
    ['a JWT without a header to carry it', { signing: { type: 'jwt_rs256' } }, ['signing.header']],
    ["another tenant's credential set", { credentialSetId: 'crs_other' }, ['credentialSetId']],
  ])('with %s are refused', async (_what, more, expected) => {
    const answer = await post('/webhooks', webhook(more));
    expect(answer.status).toBe(422);
    expect([...new Set(paths(answer))]).toEqual(expected);
  });

  it('are made with their bindings in one step, or not at all', async () => {
    const bindings = [{ eventType: '*' }, { eventType: 'claim.updated', filters: { status: ['paid'] } }];
    const created = await post('/webhooks', webhook({ bindings }));
    expect(created.status).toBe(201);
    const { body } = await get(`/webhooks/${created.body.id}/bindings`);
    expect((body as unknown as { data: object[] }).data).toMatchObject(bindings.toReversed());
    const refused = await post('/webhooks', webhook({ bindings: [{ eventType: 'claim.teleported' }] }));
    expect(refused.status).toBe(422);
    expect((await patch(`/webhooks/${created.body.id}`, { bindings })).status).toBe(422);
  });

  it('sign with a secret of their own by HMAC, and never show it', async () => {
    const signing = { type: 'hmac_sha256', header: 'X-Sig', secret: 'a-secret-of-my-own' };
    const { body } = await post('/webhooks', webhook({ signing }));
    expect(body.signing).toEqual({ type: 'hmac_sha256', header: 'X-Sig', encoding: 'hex' });
    expect(await signingSecrets(body.id)).toEqual([{ value: 'a-secret-of-my-own' }]);
  });

  it('want their secrets anew when the origin of the URL changes', async () => {
    const { id } = (await post('/webhooks', webhook())).body;
    expect((await patch(`/webhooks/${id}`, { url: 'https://pms.example/other' })).status).toBe(200);
    const moved = { url: 'https://elsewhere.example/hook' };
    expect(paths(await patch(`/webhooks/${id}`, moved)).sort()).toEqual(['credentialSetId', 'signing']);
    const stated = { ...moved, credentialSetId: setId, signing: { type: 'standard_webhooks' } };
    const answer = await patch(`/webhooks/${id}`, stated);
    expect(answer).toMatchObject({ status: 200, body: moved });
    expect((answer.body.signing as { secret: string }).secret).toMatch(/^whsec_/);
  });

  it('change only what is stated', async () => {
    const { id } = (await post('/webhooks', webhook({ timeoutMs: 900, ordering: 'unordered' }))).body;
    expect((await patch(`/webhooks/${id}`, { concurrency: 3 })).body).toMatchObject({
      concurrency: 3,
      timeoutMs: 900,
      ordering: 'unordered',
    });
  });

  it('pause and resume', async () => {
    const { id } = (await post('/webhooks', webhook())).body;
    expect((await post(`/webhooks/${id}/pause`)).body.status).toBe('paused');
    expect((await get('/webhooks?status=paused')).body.data.map((item) => item.id)).toContain(id);
    expect((await post(`/webhooks/${id}/reauthorize`)).status).toBe(409);
    expect((await post(`/webhooks/${id}/resume`)).body.status).toBe('active');
    expect((await pool.query('select 1 from notices where entity = $1', [id])).rowCount).toBe(0);
  });

  it.each([
    ['the webhook is reauthorized', (id: string) => post(`/webhooks/${id}/reauthorize`)],
    ['its headers change', (id: string) => patch(`/webhooks/${id}`, { headers: { 'X-Key': 'new' } })],
    ['its credential set is another', (id: string) => patch(`/webhooks/${id}`, { credentialSetId: setId })],
    ['the credential set changes', () => patch(`/credential-sets/${setId}`, { type: 'none' })],
  ])('come back from deauthorized when %s', async (_when, change) => {
    const { id } = (await post('/webhooks', webhook())).body;
    await pool.query(`update webhooks set status = 'deauthorized', status_reason = 'HTTP 401' where id = $1`, [id]);
    expect((await post(`/webhooks/${id}/resume`)).status).toBe(409);
    expect((await change(id)).status).toBe(200);
    expect((await get(`/webhooks/${id}`)).body).toMatchObject({ status: 'active', statusReason: null });
    const { rows } = await pool.query<{ message: string }>('select message from notices where entity = $1', [id]);
    expect(rows.map(({ message }) => JSON.parse(message) as object)).toMatchObject([
      { type: 'webhook.recovered', tenant: 'acme', entity: id, data: { previousStatus: 'deauthorized' } },
    ]);
  });

  it('stay deauthorized when something else changes', async () => {
    const { id } = (await post('/webhooks', webhook())).body;
    await pool.query(`update webhooks set status = 'deauthorized' where id = $1`, [id]);
    expect((await patch(`/webhooks/${id}`, { name: 'other' })).body.status).toBe('deauthorized');
  });

  it('keep a status that fan-out sets while a change of theirs is under way', async () => {
    const { id } = (await post('/webhooks', webhook())).body;
    const client = await pool.connect();
    await client.query('begin');
    await client.query(`update webhooks set status = 'deauthorized' where id = $1`, [id]);
    const change = patch(`/webhooks/${id}`, { name: 'renamed' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await client.query('commit');
    client.release();
    expect((await change).body).toMatchObject({ name: 'renamed', status: 'deauthorized' });
    expect((await get(`/webhooks/${id}`)).body).toMatchObject({ name: 'renamed', status: 'deauthorized' });
  });

  it('rotate the signing secret and sign with both for a while', async () => {
    const { id, signing } = (await post('/webhooks', webhook())).body as AnswerBody & { signing: { secret: string } };
    const rotated = await post(`/webhooks/${id}/rotate-secret`, { overlapSeconds: 100 });
    const { secret } = rotated.body.signing as { secret: string };
    const [first, second, ...rest] = await signingSecrets(id);
    expect([first, second!.value, rest]).toEqual([{ value: secret }, signing.secret, []]);
    const seconds = (Date.parse(second!.notAfter!) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(90);
    expect(seconds).toBeLessThanOrEqual(100);
    await post(`/webhooks/${id}/rotate-secret`, { overlapSeconds: 0 });
    expect(await signingSecrets(id)).toHaveLength(1);
  });
});

describe('bindings', () => {
  const bindings = async () => `/webhooks/${(await post('/webhooks', webhook())).body.id}/bindings`;

  it('are created, read, changed and deleted', async () => {
    const path = await bindings();
    const filters = { provider: 'cair', status: ['rejected', 'denied'] };
    const { status, body } = await post(path, { eventType: 'claim.status_changed', filters });
    expect([status, body.filters]).toEqual([201, filters]);
    expect((await patch(`${path}/${body.id}`, { eventType: '*' })).body).toMatchObject({ eventType: '*', filters });
    expect((await get(path)).body.data).toHaveLength(1);
    expect((await api.call('DELETE', `/v1${path}/${body.id}`, { key })).status).toBe(204);
    expect((await get(`${path}/${body.id}`)).status).toBe(404);
  });

  it('that are deleted while they are changed are gone, for who changes them too', async () => {
    const path = await bindings();
    const { id } = (await post(path, { eventType: '*' })).body;
    const other = await pool.connect();
    try {
      await other.query('begin');
      await other.query('delete from bindings where id = $1', [id]);
      const changing = patch(`${path}/${id}`, { eventType: 'claim.updated' });
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(async () => (await other.query(waiting)).rowCount, { timeout: 20_000 }).toBe(1);
      await other.query('commit');
      expect((await changing).status).toBe(404);
      expect((await get(`${path}/${id}`)).status).toBe(404);
    } finally {
      other.release();
    }
  });

  it.each([
    ['an unknown event type', { eventType: 'claim.*' }, ['eventType']],
    ['an unknown filter', { eventType: '*', filters: { colour: 'red' } }, ['filters.colour']],
    ['an unknown status', { eventType: '*', filters: { status: 'nice' } }, ['filters.status']],
    ['a number as transaction', { eventType: '*', filters: { transaction: 277 } }, ['filters.transaction']],
    ['an empty array', { eventType: '*', filters: { provider: [] } }, ['filters.provider']],
  ])('with %s are refused', async (_what, body, expected) => {
    const answer = await post(await bindings(), body);
    expect(answer.status).toBe(422);
    expect(paths(answer)).toEqual(expected);
  });
});

describe('limits of a webhook', () => {
  it('have defaults, are changed, and null takes them away', async () => {
    const { body } = await post('/webhooks', webhook());
    const preset = { rateLimitPerSecond: null, disableAfterSeconds: 432_000, logResponse: 'full', failingSince: null };
    expect(body).toMatchObject(preset);
    const changed = { rateLimitPerSecond: 5, disableAfterSeconds: null, logResponse: 'headers' };
    expect((await patch(`/webhooks/${body.id}`, changed)).body).toMatchObject(changed);
    expect((await patch(`/webhooks/${body.id}`, { rateLimitPerSecond: null })).body).toMatchObject({
      ...changed,
      rateLimitPerSecond: null,
    });
    const bad = { rateLimitPerSecond: 0, disableAfterSeconds: 0.5, logResponse: 'some' };
    expect(new Set(paths(await patch(`/webhooks/${body.id}`, bad)))).toEqual(new Set(Object.keys(bad)));
  });

  it('count failures anew when it is made active', async () => {
    const { id } = (await post('/webhooks', webhook())).body;
    await pool.query(`update webhooks set status = 'disabled' where id = $1`, [id]);
    await pool.query('insert into webhook_health (webhook_id, failing_since) values ($1, now())', [id]);
    expect((await get(`/webhooks/${id}`)).body.failingSince).toEqual(expect.any(String));
    expect((await post(`/webhooks/${id}/resume`)).body).toMatchObject({ status: 'active', failingSince: null });
  });
});
