import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;

beforeAll(async () => {
  own = await startOwnApi();
  ({ api } = own);
});

afterAll(() => own?.close());

const admin = () => ({ key: api.adminKey });

describe('tenants', () => {
  it('are made by a platform-admin and answer with a key that works', async () => {
    const created = await api.call('POST', '/v1/tenants', { ...admin(), body: { id: 'acme', name: 'Acme' } });
    expect(created).toMatchObject({
      status: 201,
      body: { id: 'acme', apiKey: expect.stringMatching(/^cw_live_/) as unknown },
    });
    const own = await api.call('GET', '/v1/tenants/acme', { key: created.body.apiKey });
    expect(own).toMatchObject({ status: 200, body: { id: 'acme', name: 'Acme', settings: {} } });
  });

  it('get an id where none is stated, and are called by it', async () => {
    const { status, body } = await api.call('POST', '/v1/tenants', { ...admin(), body: {} });
    expect(status).toBe(201);
    expect(body.id).toMatch(/^tnt_/);
    expect((await api.call('GET', `/v1/tenants/${body.id}`, { key: body.apiKey })).body.name).toBe(body.id);
  });

  it('exist once', async () => {
    await api.createTenant('twice');
    const again = await api.call('POST', '/v1/tenants', { ...admin(), body: { id: 'twice', name: 'x' } });
    expect(again).toMatchObject({ status: 409, body: { title: 'Conflict', status: 409 } });
    expect(again.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are refused with every bad field named', async () => {
    const answer = await api.call('POST', '/v1/tenants', {
      ...admin(),
      body: { id: 'A b', name: 7, settings: { x: 1 }, y: 2 },
    });
    expect(answer.status).toBe(422);
    const paths = answer.body.errors.map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['id', 'name', 'settings.x', 'y']));
  });

  it("are not made or listed by a tenant's owner, and another tenant is 404", async () => {
    const key = await api.createTenant('nosy');
    await api.createTenant('other');
    expect((await api.call('POST', '/v1/tenants', { key, body: { id: 'mine', name: 'x' } })).status).toBe(403);
    expect((await api.call('GET', '/v1/tenants', { key })).status).toBe(403);
    expect((await api.call('GET', '/v1/tenants/other', { key })).status).toBe(404);
  });

  it('change name and settings', async () => {
    const key = await api.createTenant('renamed');
    const body = { name: 'New', settings: { freeText: true } };
    expect((await api.call('PATCH', '/v1/tenants/renamed', { ...admin(), body })).status).toBe(200);
    const read = await api.call('GET', '/v1/tenants/renamed', { key });
    expect(read.body).toMatchObject({ name: 'New', settings: { freeText: true } });
  });
});
