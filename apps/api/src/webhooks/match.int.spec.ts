import type { Pool } from '@claimwire/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;
let key: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
  key = await api.createTenant('acme');
  const set = (await post('/credential-sets', { name: 'none', type: 'none' })).body.id;
  const bindings = {
    all: [{ eventType: '*' }],
    paid: [{ eventType: 'claim.status_changed', filters: { status: ['paid', 'denied'], provider: 'cair' } }],
    twice: [{ eventType: 'claim.status_changed' }, { eventType: '*', filters: { provider: 'stedi' } }],
    none: undefined,
  };
  for (const [name, list] of Object.entries(bindings)) {
    const webhook = { name, url: 'https://pms.example', credentialSetId: set, bindings: list };
    ids[name] = (await post('/webhooks', webhook)).body.id;
  }
  await post(`/webhooks/${ids.twice}/pause`);
});

afterAll(() => own?.close());

const post = (path: string, body?: unknown) => api.call('POST', `/v1${path}`, { key, body });
const match = (body: object) => post('/webhooks/match', body);
const names = (body: { data: Record<string, unknown>[] }) =>
  body.data.filter(({ matches }) => matches).map(({ name }) => name);

describe('which webhooks would get an event', () => {
  it('is answered for a stored one, with what the others do not meet', async () => {
    const { id } = await seedEvent(pool, {
      tenant: 'acme',
      claimId: '1',
      version: 1,
      occurredAt: '2025-03-11T14:00:00.000Z',
      status: 'rejected',
    });
    const { status, body } = await match({ eventId: id });
    expect(status).toBe(200);
    expect(names(body)).toEqual(['all', 'twice']);
    expect(body).toMatchObject({ matching: 2, total: 4 });
    expect(body.data[1]).toMatchObject({ webhookId: ids.twice, status: 'paused', bindings: [{}, {}] });
    expect(body.data[2]).toMatchObject({
      webhookId: ids.paid,
      matches: false,
      bindings: [{ unmet: [{ condition: 'status', wanted: ['paid', 'denied'], actual: 'rejected' }] }],
    });
    expect(body.data[3]).toMatchObject({ name: 'none', bindings: [] });
  });

  it('is answered for an example, also about one webhook only', async () => {
    const example = { type: 'claim.status_changed', status: 'paid', provider: 'cair' };
    expect(names((await match({ event: example })).body)).toEqual(['all', 'paid', 'twice']);
    const about = { type: 'webhook.disabled', entity: ids.all };
    const { data } = (await match({ event: about, webhookId: ids.all })).body;
    expect(data).toMatchObject([{ matches: false, bindings: [{ unmet: [{ condition: 'entity' }] }] }]);
  });

  it.each([
    [{}, 422],
    [{ eventId: 'evt_1', event: { type: 'claim.updated' } }, 422],
    [{ event: { type: 'other' } }, 422],
    [{ eventId: 'evt_none' }, 404],
    [{ event: { type: 'claim.updated' }, webhookId: 'whk_none' }, 404],
  ])('is refused for %o', async (body, status) => {
    expect((await match(body)).status).toBe(status);
  });
});
