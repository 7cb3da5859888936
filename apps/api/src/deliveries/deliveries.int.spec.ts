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

async function addDelivery(
  eventId: string,
  state: string,
  replayId = '',
  settledAt = at(0),
  claimKey = 'acme/cair/1',
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id, state, attempts,
       last_error, settled_at)
     values ('acme', $1, $2, 'claim.updated', $6, 1, $3, $4, 5, 'timeout', $5) returning id`,
    [webhookId, eventId, replayId, state, settledAt, claimKey],
  );
  return rows[0]!.id;
}

describe('logs', () => {
  it('list attempts, newest first, by event, claim, status, error and time', async () => {
    const { id: eventId, claimKey } = await seedEvent(pool, {
      tenant: 'acme',
      claimId: 'logged',
      version: 1,
      occurredAt: at(0),
    });
    const deliveryId = await addDelivery(eventId, 'exhausted', 'rpl_1', at(0), claimKey);
    for (const [number, status, error] of [
      [1, 500, null],
      [2, null, 'timeout'],
      [3, 204, null],
    ] as const) {
      await pool.query(
        `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, status, error, phases, request)
         values ($1, $2, 'acme', $7, $3, $4, $5, $6, '{"total": 3}', '{"method": "POST"}')`,
        [deliveryId, webhookId, number, at(number), status, error, eventId],
      );
    }
    const numbers = async (query: string) => (await get(own(`/logs${query}`))).body.data.map((row) => row.number);
    const [newest] = (await get(own('/logs'))).body.data;
    expect(newest).toMatchObject({ number: 3, deliveryId, replayId: 'rpl_1', claimKey, status: 204 });
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('?status=500')).toEqual([1]);
    expect(await numbers('?error=timeout')).toEqual([2]);
    expect(await numbers('?outcome=failed')).toEqual([2, 1]);
    expect(await numbers(`?since=${at(2)}&until=${at(3)}`)).toEqual([2]);
    expect(await numbers(`?claimKey=${encodeURIComponent(claimKey)}&eventId=${eventId}`)).toEqual([3, 2, 1]);
    expect(await numbers('?eventId=evt_2')).toEqual([]);
    expect(await numbers('?claimKey=acme%2Fcair%2Fother')).toEqual([]);

    const one = await get(own(`/logs/${String(newest?.id)}`));
    expect(JSON.parse(String(one.body.requestBody))).toMatchObject({ id: eventId, claimKey, version: 1 });
    await api.call('PATCH', `/v1${own('')}`, { key, body: { payload: 'status_only' } });
    const reduced = JSON.parse(String((await get(own(`/logs/${String(newest?.id)}`))).body.requestBody)) as object;
    expect(reduced).toMatchObject({ id: eventId, claimKey });
    expect(reduced).not.toHaveProperty('cause');
    expect((await get(own('/logs/999999'))).status).toBe(404);
    expect((await get(own('/logs/x'))).status).toBe(404);
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
