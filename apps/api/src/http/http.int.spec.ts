import { type Pool } from '@claimwire/postgres';
import { createDataSource } from '@claimwire/postgres/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruneIdempotencyKeys } from './idempotency-pruning.js';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;
let key: string;

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
  key = await api.createTenant('acme');
});

afterAll(() => own?.close());

const createKey = (idempotencyKey: string, name = 'k', as = key) =>
  api.call('POST', '/v1/api-keys', {
    key: as,
    body: { scope: 'viewer', name },
    headers: { 'idempotency-key': idempotencyKey },
  });

describe('Idempotency-Key', () => {
  it('gives the same answer to the same request, and does its work once', async () => {
    const [first, again] = [await createKey('a'), await createKey('a')];
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { rows } = await pool.query<{ sealed: Buffer }>(`select sealed from idempotency_keys where key = 'a'`);
    expect(rows[0]!.sealed.toString('latin1')).not.toContain('cw_live_');
  });

  it('refuses another request, and keeps tenants apart', async () => {
    await createKey('b');
    expect((await createKey('b', 'other')).status).toBe(422);
    const neighbour = await api.createTenant('neighbour');
    expect((await createKey('b', 'k', neighbour)).status).toBe(201);
  });

  it('is not used up by a request that failed', async () => {
    expect((await createKey('c', '')).status).toBe(422);
    expect((await createKey('c')).status).toBe(201);
  });

  it('lets one of two requests at once do the work', async () => {
    const answers = await Promise.all([createKey('d'), createKey('d'), createKey('d')]);
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it('is taken over from a request whose process died', async () => {
    await createKey('e');
    await pool.query(`update idempotency_keys set status = null, sealed = null where key = 'e'`);
    expect((await createKey('e')).status).toBe(409);
    await pool.query(`update idempotency_keys set created_at = now() - interval '2 minutes' where key = 'e'`);
    expect((await createKey('e')).status).toBe(201);
  });
});

describe('a process that dies', () => {
  it('leaves the work and its answer, or neither: they are one transaction', async () => {
    const { body } = await createKey('atomic');
    const { rows } = await pool.query<{ work: string; answer: string }>(
      `select (select xmin::text from api_keys where id = $1) as work,
         (select xmin::text from idempotency_keys where key = 'atomic') as answer`,
      [body.id],
    );
    expect(rows[0]?.work).toBe(rows[0]?.answer);
  });

  it('or only stood still, is overtaken: what it did meanwhile is rolled back', async () => {
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table api_keys in share mode');
    const name = 'overtaken';
    const first = createKey('f', name);
    const taken = () =>
      pool.query(`select created_at::text as since from idempotency_keys where key = 'f' and status is null`);
    await expect.poll(async () => (await taken()).rowCount, { timeout: 20_000 }).toBe(1);
    await pool.query(`update idempotency_keys set created_at = now() - interval '2 minutes' where key = 'f'`);
    const second = createKey('f', name);
    await expect
      .poll(
        async () =>
          (
            await pool.query(
              `select 1 from idempotency_keys where key = 'f' and created_at > now() - interval '1 minute'`,
            )
          ).rowCount,
        {
          timeout: 20_000,
        },
      )
      .toBe(1);
    await blocker.query('commit');
    blocker.release();
    expect([(await first).status, (await second).status]).toEqual([409, 201]);
    expect((await pool.query('select 1 from api_keys where name = $1', [name])).rowCount).toBe(1);
    expect((await createKey('f', name)).body.id).toBe((await second).body.id);
  });

  it('leaves keys that are removed when their time is over, as all are', async () => {
    await createKey('old');
    await createKey('young');
    await pool.query(`update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'`);
    const dataSource = await createDataSource(own.databaseUrl, 1).initialize();
    expect(await pruneIdempotencyKeys(dataSource)).toBe(1);
    await dataSource.destroy();
    const { rows } = await pool.query<{ key: string }>(
      `select key from idempotency_keys where key in ('old', 'young')`,
    );
    expect(rows).toEqual([{ key: 'young' }]);
  });
});

describe('errors', () => {
  const post = (body: unknown, headers = {}) => api.call('POST', '/v1/webhooks', { key, body, headers });

  it.each([
    ['not JSON', () => post('{'), 400],
    ['not an object', () => post('[]'), 422],
    ['another content type', () => post('a=b', { 'content-type': 'text/plain' }), 415],
    ['sent as a form', () => post('{}', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['compressed', () => post('{}', { 'content-encoding': 'gzip' }), 415],
    ['too large', () => post({ name: 'x'.repeat(300_000) }), 413],
    ['for a route that does not exist', () => api.call('GET', '/v1/nothing', { key }), 404],
    ['by a method that the route has not', () => api.call('PUT', '/v1/webhooks/whk_1?a=b', { key }), 405],
    ['with a forged cursor', () => api.call('GET', '/v1/audit-log?cursor=WyJ4Il0', { key }), 400],
    ['with a prototype in it', () => post('{"__proto__": {"a": 1}}'), 400],
  ])('are problem+json: a body or request %s', async (_what, send, status) => {
    const answer = await send();
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer).toMatchObject({ status, body: { status, title: expect.any(String) as unknown } });
  });

  it('name the methods that a route has, 404 where it has none', async () => {
    const answers = await Promise.all([
      api.call('OPTIONS', '/v1/webhooks'),
      api.call('DELETE', '/openapi.json'),
      api.call('DELETE', '/openapi_json'),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
      [405, 'GET, HEAD, POST'],
      [405, 'GET, HEAD'],
      [404, null],
    ]);
  });

  it('answer 401 with how to authenticate', async () => {
    const answer = await api.call('GET', '/v1/claims');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('answers', () => {
  it('carry security headers and are not cached', async () => {
    const { headers } = await api.call('GET', '/v1/claims', { key });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('at "/" say where things are, without data', async () => {
    const { status, headers, body } = await api.call('GET', '/');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('/openapi.json');
  });

  it('to a POST without a body do not depend on its content type', async () => {
    const set = await api.call('POST', '/v1/credential-sets', { key, body: { name: 'n', type: 'none' } });
    const webhook = { name: 'w', url: 'https://pms.example', credentialSetId: set.body.id };
    const { id } = (await api.call('POST', '/v1/webhooks', { key, body: webhook })).body;
    const headers = { 'content-type': 'application/json' };
    expect((await api.call('POST', `/v1/webhooks/${id}/pause`, { key, headers })).status).toBe(200);
  });
});

describe('audit log', () => {
  it('has an entry for every change, with who made it, and nothing changes or removes one', async () => {
    const own = await api.createTenant('audited');
    const created = await api.call('POST', '/v1/credential-sets', { key: own, body: { name: 'n', type: 'none' } });
    await api.call('PATCH', `/v1/credential-sets/${created.body.id}`, { key: own, body: { name: 'm' } });
    await api.call('DELETE', `/v1/credential-sets/${created.body.id}`, { key: own });
    const { data } = (await api.call('GET', '/v1/audit-log', { key: own })).body;
    const [keyId] = (await api.call('GET', '/v1/api-keys', { key: own })).body.data.map(({ id }) => id);
    expect(data.slice(0, 3)).toMatchObject([
      { action: 'credential_set.deleted', actor: keyId, target: created.body.id },
      { action: 'credential_set.updated', detail: { fields: ['name'] } },
      { action: 'credential_set.created' },
    ]);
    expect((await api.call('DELETE', '/v1/audit-log', { key: own })).status).toBe(405);
  });

  it('is paged', async () => {
    const all = (await api.call('GET', '/v1/audit-log?limit=200', { key })).body.data.map(({ id }) => id);
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const { data, nextCursor } = (await api.call('GET', `/v1/audit-log?limit=3${cursor}`, { key })).body;
      paged.push(...data.map(({ id }) => id));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(paged).toEqual(all);
  });
});
