import { createPool } from '@claimwire/postgres';
import { createTestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { startTestApi, type TestApi } from '../../test/start-test-api.js';

let api: TestApi;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;
let key: string;
let webhookId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi({ DATABASE_URL: database.url });
  pool = createPool(database.url, 2);
  key = await api.createTenant('acme');
});

beforeEach(async () => {
  const set = await post('/credential-sets', { name: 'n', type: 'none' });
  const body = { name: 'w', url: 'https://pms.example', credentialSetId: set.body.id };
  webhookId = (await post('/webhooks', body)).body.id;
});

afterAll(async () => {
  await api?.stop();
  await pool?.end();
  await database?.drop();
});

const post = (path: string, body?: unknown) => api.call('POST', `/v1${path}`, { key, body });
const get = (path: string) => api.call('GET', `/v1${path}`, { key });
const own = (path: string) => `/webhooks/${webhookId}${path}`;
const at = (minute: number) => `2025-03-11T14:${String(minute).padStart(2, '0')}:00.000Z`;

interface DeliveryRow {
  id: string;
  event_id: string;
  state: string;
  replay_id: string;
  attempts: number;
}

const deliveries = async () => {
  const { rows } = await pool.query<DeliveryRow>('select * from deliveries where webhook_id = $1 order by id', [
    webhookId,
  ]);
  return rows;
};

async function addDelivery(eventId: string, state: string, replayId = '', settledAt = at(0)): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id, state, attempts,
       last_error, settled_at)
     values ('acme', $1, $2, 'claim.updated', 'acme/cair/1', 1, $3, $4, 5, 'timeout', $5) returning id`,
    [webhookId, eventId, replayId, state, settledAt],
  );
  return rows[0]!.id;
}

describe('error queue', () => {
  it('lists what used up its retries', async () => {
    await addDelivery('evt_ok', 'delivered');
    const id = await addDelivery('evt_bad', 'exhausted');
    const { data } = (await get(own('/error-queue'))).body;
    expect(data).toMatchObject([{ id, eventId: 'evt_bad', attempts: 5, lastError: 'timeout', replayId: null }]);
  });

  it.each([
    ['by id', (ids: string[]) => ({ ids: ids.slice(0, 1) }), ['evt_1']],
    ['as a whole', () => ({ all: true }), ['evt_1', 'evt_2']],
    ['since a time', () => ({ since: at(5) }), ['evt_2']],
  ])('is retried %s as fresh deliveries of one replay', async (_how, body, expected) => {
    const ids = [
      await addDelivery('evt_1', 'exhausted', '', at(1)),
      await addDelivery('evt_2', 'exhausted', '', at(9)),
    ];
    const answer = await post(own('/error-queue/retry'), body(ids));
    expect(answer).toMatchObject({ status: 200, body: { count: expected.length } });
    const rows = await deliveries();
    const fresh = rows.filter(({ state }) => state === 'pending');
    expect(fresh.map((row) => row.event_id)).toEqual(expected);
    expect(fresh.every((row) => row.replay_id === answer.body.replayId && row.attempts === 0)).toBe(true);
    const left = (await get(own('/error-queue'))).body.data.map(({ eventId }) => eventId);
    expect([...left, ...expected].sort()).toEqual(['evt_1', 'evt_2']);
  });

  it('sends an event once that failed live and as a replay', async () => {
    await addDelivery('evt_1', 'exhausted');
    await addDelivery('evt_1', 'exhausted', 'rpl_old');
    expect((await post(own('/error-queue/retry'), { all: true })).body.count).toBe(1);
    expect((await get(own('/error-queue'))).body.data).toEqual([]);
  });

  it.each([{}, { all: false }, { ids: ['x'] }, { all: true, since: at(1) }, { ids: null }])(
    'refuses a retry of %o',
    async (body) => {
      expect((await post(own('/error-queue/retry'), body)).status).toBe(422);
    },
  );
});

describe('logs', () => {
  it('list attempts, newest first, by event, claim, status and error', async () => {
    const deliveryId = await addDelivery('evt_1', 'exhausted', 'rpl_1');
    for (const [number, status, error] of [
      [1, 500, null],
      [2, null, 'timeout'],
    ] as const) {
      await pool.query(
        `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, status, error, phases, request)
         values ($1, $2, 'acme', 'evt_1', $3, $4, $5, $6, '{"total": 3}', '{"method": "POST"}')`,
        [deliveryId, webhookId, number, at(number), status, error],
      );
    }
    const numbers = async (query: string) => (await get(own(`/logs${query}`))).body.data.map((row) => row.number);
    const [newest] = (await get(own('/logs'))).body.data;
    expect(newest).toMatchObject({
      number: 2,
      deliveryId,
      replayId: 'rpl_1',
      claimKey: 'acme/cair/1',
      error: 'timeout',
    });
    expect(await numbers('')).toEqual([2, 1]);
    expect(await numbers('?status=500')).toEqual([1]);
    expect(await numbers('?error=timeout')).toEqual([2]);
    expect(await numbers(`?claimKey=${encodeURIComponent('acme/cair/1')}&eventId=evt_1`)).toEqual([2, 1]);
    expect(await numbers('?eventId=evt_2')).toEqual([]);
  });
});

describe('replays', () => {
  const eventIds = async () => (await deliveries()).map(({ event_id }) => event_id);
  const seed = (claimId: string, minute: number, status = 'submitted') =>
    seedEvent(pool, { tenant: 'acme', claimId, version: 1, occurredAt: at(minute), status });

  it('send a window again by receivedAt, what the webhook is bound to and the filters hold for', async () => {
    await post(own('/bindings'), { eventType: 'claim.status_changed', filters: { status: ['paid', 'denied'] } });
    await seed('w1', 10, 'paid');
    const inside = [await seed('w2', 11, 'denied'), await seed('w3', 12, 'paid')];
    await seed('w4', 13, 'submitted');
    await seed('w5', 14, 'paid');
    await api.createTenant('neighbour');
    await seedEvent(pool, { tenant: 'neighbour', claimId: 'w2', version: 1, occurredAt: at(11), status: 'paid' });
    const window = { since: at(11), until: at(14) };
    const answer = await post(own('/replays'), window);
    expect(answer).toMatchObject({ status: 200, body: { count: 2 } });
    expect(await eventIds()).toEqual(inside.map(({ id }) => id));
    const again = await post(own('/replays'), { ...window, filters: { status: 'paid', provider: 'cair' } });
    expect(again.body.count).toBe(1);
    expect((await post(own('/replays'), { ...window, filters: { transaction: '277' } })).body.count).toBe(0);
  });

  it('send one claim again', async () => {
    await post(own('/bindings'), { eventType: '*' });
    const { id, claimKey } = await seed('one', 20);
    const answer = await post(`/claims/${encodeURIComponent(claimKey)}/replays`, { webhookId });
    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    expect(await deliveries()).toMatchObject([{ event_id: id, replay_id: answer.body.replayId, state: 'pending' }]);
  });

  it('want a window that is one', async () => {
    expect((await post(own('/replays'), { since: at(2), until: at(1) })).status).toBe(422);
    expect((await post(own('/replays'), { since: 'yesterday' })).status).toBe(422);
  });
});

describe('test events', () => {
  it('are deliveries of a notice that no topic gets', async () => {
    const answers = [await post(own('/test')), await post(own('/test'))];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const ids = answers.map(({ body }) => body.eventId);
    expect((await deliveries()).map((row) => row.event_id)).toEqual(ids);
    const { rows } = await pool.query<{ message: string }>(
      'select message from notices where id = any ($1) and lane_id = 0',
      [ids],
    );
    expect(JSON.parse(rows[0]!.message)).toMatchObject({ type: 'webhook.test', tenant: 'acme', entity: webhookId });
  });

  it('wake the sender', async () => {
    const client = await pool.connect();
    await client.query('listen deliveries');
    const heard = new Promise((resolve) => client.once('notification', ({ payload }) => resolve(payload)));
    await post(own('/test'));
    expect(await heard).toBe(webhookId);
    client.release(true);
  });
});
