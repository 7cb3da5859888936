import { asDatabaseRole } from '@claimwire/testkit';
import { randomBytes } from 'node:crypto';
import type { Pool } from '@claimwire/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import { startTestApi, type AnswerBody, type TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;
let owner: string;
let stranger: string;
/** What stands for the placeholders of a path: objects of tenant "acme". */
const objects: Record<string, string> = {};
let operations: { method: string; path: string }[] = [];

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
  owner = await api.createTenant('acme');
  stranger = await api.createTenant('stranger');
  await fillAcme();
  const document = (await api.call('GET', '/openapi.json')).body as AnswerBody & { paths: Record<string, object> };
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
  );
});

afterAll(() => own?.close());

async function fillAcme() {
  const create = async (path: string, body: unknown) => (await api.call('POST', path, { key: owner, body })).body.id;
  const auth = { type: 'api_secret', header: 'X-Key', secret: 'shh' };
  objects['/connections/{id}'] = await create('/v1/connections', { provider: 'cair', name: 'c', auth });
  const credentialSetId = await create('/v1/credential-sets', { name: 's', type: 'none' });
  objects['/credential-sets/{id}'] = credentialSetId;
  const url = 'https://pms.example';
  const webhookId = await create('/v1/webhooks', { name: 'w', url, credentialSetId });
  objects['/webhooks/{id}'] = webhookId;
  objects['/webhooks/{webhookId}'] = webhookId;
  // There are none: the webhook alone is 404 to a stranger.
  objects['/logs/{attemptId}'] = '1';
  objects['/error-queue/{id}'] = 'del_1';
  objects['/replays/{id}'] = 'rep_1';
  objects['/bindings/{id}'] = await create(`/v1/webhooks/${webhookId}/bindings`, { eventType: '*' });
  objects['/api-keys/{id}'] = await create('/v1/api-keys', { name: 'k', scope: 'viewer' });
  objects['/tenants/{id}'] = 'acme';
  const { id, claimKey } = await seedEvent(pool, {
    tenant: 'acme',
    claimId: 'secret claim',
    version: 1,
    occurredAt: '2025-03-11T14:00:00.000Z',
  });
  objects['/events/{id}'] = id;
  objects['/events/{eventId}'] = id;
  objects['/claims/{claimKey}'] = encodeURIComponent(claimKey);
  objects['/quarantine/{id}'] = 'q1';
  await pool.query(
    `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, topic, partition, "offset", received_at)
     values ('q1', 'acme', 'con_1', 'raw_1', 'cair.x', 'r', 'ingress', 't', 0, 0, now())`,
  );
}

/** Lists that hold nothing of a tenant, for a platform-admin alone. */
const OF_THE_PLATFORM = ['/v1/tenants', '/v1/schema-drift'];

const BODIES: Record<string, unknown> = {
  'POST /v1/quarantine/{id}/discard': { reason: 'a test' },
  'POST /v1/webhooks/{webhookId}/bindings': { eventType: '*' },
  'POST /v1/webhooks/{webhookId}/error-queue/retry': { all: true },
  'POST /v1/webhooks/{webhookId}/error-queue/purge': { all: true },
  'POST /v1/webhooks/{webhookId}/replays': { since: '2025-01-01T00:00:00Z' },
};

function fill(path: string): string {
  const filled = Object.entries(objects).reduce(
    (text, [pattern, id]) => text.replace(pattern, pattern.replace(/\{\w+\}$/, id)),
    path,
  );
  expect(filled).not.toMatch(/[{}]/);
  return filled;
}

function request({ method, path }: { method: string; path: string }, key?: string) {
  const replay = /\{(claimKey|eventId)\}\/replays$/.test(path) ? { webhookId: objects['/webhooks/{id}'] } : undefined;
  const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[`${method} ${path}`] ?? replay ?? {});
  return api.call(method, fill(path), { key, body });
}

const statusesOf = async (list: typeof operations, key?: string) => {
  const statuses: Record<string, number> = {};
  for (const operation of list)
    statuses[`${operation.method} ${operation.path}`] = (await request(operation, key)).status;
  return statuses;
};
const allAre = (statuses: Record<string, number>, status: number) =>
  Object.entries(statuses).filter(([, actual]) => actual !== status);

describe('every route', () => {
  it('refuses a request without a key, or with an unknown, revoked or expired one', async () => {
    expect(allAre(await statusesOf(operations), 401)).toEqual([]);
    expect(allAre(await statusesOf(operations, `cw_live_${randomBytes(24).toString('hex')}`), 401)).toEqual([]);
    const create = () => api.call('POST', '/v1/api-keys', { key: owner, body: { name: 'k', scope: 'owner' } });
    const [revoked, expired] = [(await create()).body, (await create()).body];
    await api.call('DELETE', `/v1/api-keys/${revoked.id}`, { key: owner });
    await pool.query(`update api_keys set expires_at = now() where id = $1`, [expired.id]);
    for (const { apiKey } of [revoked, expired]) {
      expect((await api.call('GET', '/v1/claims', { key: apiKey })).status).toBe(401);
    }
  });

  it("answers 404 for another tenant's object, whatever is asked of it", async () => {
    const ofAnObject = operations.filter(({ path }) => path.includes('{'));
    expect(ofAnObject.length).toBeGreaterThan(25);
    const statuses = await statusesOf(ofAnObject, stranger);
    // this one needs platform-admin before any object is looked at
    expect(statuses['PATCH /v1/tenants/{id}']).toBe(403);
    delete statuses['PATCH /v1/tenants/{id}'];
    expect(allAre(statuses, 404)).toEqual([]);
  });

  it("lists nothing of another tenant's", async () => {
    const lists = operations.filter(
      ({ method, path }) => method === 'GET' && !path.includes('{') && !OF_THE_PLATFORM.includes(path),
    );
    for (const operation of lists) {
      const { status, body } = await request(operation, stranger);
      expect([operation.path, status]).toEqual([operation.path, 200]);
      expect(JSON.stringify(body)).not.toContain('acme');
    }
  });

  it('that is the platform’s is closed to an owner', async () => {
    for (const path of OF_THE_PLATFORM) {
      expect([path, (await api.call('GET', path, { key: owner })).status]).toEqual([path, 403]);
      expect([path, (await api.call('GET', path, { key: api.adminKey })).status]).toEqual([path, 200]);
    }
  });

  it('that changes something is closed to a viewer, and that configures something to an operator', async () => {
    const keyOf = async (scope: string) =>
      (await api.call('POST', '/v1/api-keys', { key: owner, body: { name: scope, scope } })).body.apiKey;
    // Asks what would match, and changes nothing.
    const changing = operations.filter(({ method, path }) => method !== 'GET' && path !== '/v1/webhooks/match');
    expect(allAre(await statusesOf(changing, await keyOf('viewer')), 403)).toEqual([]);
    const operates = /\/(retry|replays|cancel|discard|purge|test|pause|resume|reauthorize|error-queue\/\{id\})$/;
    const configuring = changing.filter(({ path }) => !operates.test(path));
    expect(allAre(await statusesOf(configuring, await keyOf('operator')), 403)).toEqual([]);
  });

  it('is closed to a platform-admin who acts as no tenant, but for tenants, keys, audit log, schema drift and quarantine', async () => {
    const open = /^\/v1\/(tenants|api-keys|audit-log|schema-drift|quarantine)/;
    const ofTenants = operations.filter(({ path }) => !open.test(path));
    expect(allAre(await statusesOf(ofTenants, api.adminKey), 403)).toEqual([]);
    // There it sees what belongs to no tenant, and nothing of one.
    expect((await api.call('GET', '/v1/quarantine', { key: api.adminKey })).body.data).toEqual([]);
    const items = operations.filter(({ path }) => path.startsWith('/v1/quarantine/{'));
    const statuses = await statusesOf(items, api.adminKey);
    expect(statuses['POST /v1/quarantine/{id}/retry']).toBe(409);
    delete statuses['POST /v1/quarantine/{id}/retry'];
    expect(allAre(statuses, 404)).toEqual([]);
  });
});

describe('a platform-admin', () => {
  it('sees a tenant by naming it, and the tenant sees that in its audit log', async () => {
    const headers = { 'claimwire-tenant': 'acme' };
    const claims = await api.call('GET', '/v1/claims', { key: api.adminKey, headers });
    expect(claims.body.data).toHaveLength(1);
    const [entry] = (await api.call('GET', '/v1/audit-log?action=tenant.acted_as', { key: owner })).body.data;
    expect(entry).toMatchObject({ action: 'tenant.acted_as', target: 'acme', detail: { route: 'GET /v1/claims' } });
  });

  it('gets a 404 for a tenant that does not exist, and nobody else may name one', async () => {
    const name = (tenant: string, key: string) =>
      api.call('GET', '/v1/claims', { key, headers: { 'claimwire-tenant': tenant } });
    expect((await name('nobody', api.adminKey)).status).toBe(404);
    expect((await name('acme', stranger)).status).toBe(403);
    expect((await name('acme', owner)).status).toBe(200);
  });

  it('acts as the default tenant in development', async () => {
    const dev = await startTestApi({ DATABASE_URL: asDatabaseRole(own.databaseUrl, 'api'), DEV_ADMIN_TENANT: 'acme' });
    try {
      expect((await dev.call('GET', '/v1/claims', { key: dev.adminKey })).body.data).toHaveLength(1);
    } finally {
      await dev.stop();
    }
  });

  it('alone creates platform-admin keys', async () => {
    const body = { name: 'p', scope: 'platform-admin' };
    expect((await api.call('POST', '/v1/api-keys', { key: owner, body })).status).toBe(403);
    expect((await api.call('POST', '/v1/api-keys', { key: api.adminKey, body })).status).toBe(201);
  });
});

describe('API keys', () => {
  it('are stored as hashes only', async () => {
    const { rows } = await pool.query<{ text: string }>('select api_keys::text as text from api_keys');
    expect(JSON.stringify(rows)).not.toContain('cw_live_');
    const listed = await api.call('GET', '/v1/api-keys', { key: owner });
    expect(JSON.stringify(listed.body)).not.toMatch(/cw_live_|hash/);
  });
});
