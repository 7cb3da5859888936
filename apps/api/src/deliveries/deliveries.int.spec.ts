import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { at, WebhookBench } from '../../test/webhook-bench.js';

let bench: WebhookBench;

beforeAll(async () => {
  bench = await WebhookBench.start();
});
beforeEach(() => bench.newWebhook());
afterAll(() => bench?.stop());

describe('logs', () => {
  it('list attempts, newest first, by event, claim, status, error and time', async () => {
    const { id: eventId, claimKey } = await seedEvent(bench.pool, {
      tenant: 'acme',
      claimId: 'logged',
      version: 1,
      occurredAt: at(0),
    });
    const deliveryId = await bench.addDelivery(eventId, 'exhausted', 'rpl_1', at(0), claimKey);
    for (const [number, status, error] of [
      [1, 500, null],
      [2, null, 'timeout'],
      [3, 204, null],
    ] as const) {
      await bench.pool.query(
        `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, status, error, phases, request)
         values ($1, $2, 'acme', $7, $3, $4, $5, $6, '{"total": 3}', '{"method": "POST"}')`,
        [deliveryId, bench.webhookId, number, at(number), status, error, eventId],
      );
    }
    const numbers = async (query: string) =>
      (await bench.get(bench.own(`/logs${query}`))).body.data.map((row) => row.number);
    const [newest] = (await bench.get(bench.own('/logs'))).body.data;
    expect(newest).toMatchObject({ number: 3, deliveryId, replayId: 'rpl_1', claimKey, status: 204 });
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('?status=500')).toEqual([1]);
    expect(await numbers('?error=timeout')).toEqual([2]);
    expect(await numbers('?outcome=failed')).toEqual([2, 1]);
    expect(await numbers(`?since=${at(2)}&until=${at(3)}`)).toEqual([2]);
    expect(await numbers(`?claimKey=${encodeURIComponent(claimKey)}&eventId=${eventId}`)).toEqual([3, 2, 1]);
    expect(await numbers('?eventId=evt_2')).toEqual([]);
    expect(await numbers('?claimKey=acme%2Fcair%2Fother')).toEqual([]);

    const one = await bench.get(bench.own(`/logs/${String(newest?.id)}`));
    expect(JSON.parse(String(one.body.requestBody))).toMatchObject({ id: eventId, claimKey, version: 1 });
    await bench.api.call('PATCH', `/v1${bench.own('')}`, { key: bench.key, body: { payload: 'status_only' } });
    const reduced = JSON.parse(
      String((await bench.get(bench.own(`/logs/${String(newest?.id)}`))).body.requestBody),
    ) as object;
    expect(reduced).toMatchObject({ id: eventId, claimKey });
    expect(reduced).not.toHaveProperty('cause');
    expect((await bench.get(bench.own('/logs/999999'))).status).toBe(404);
    expect((await bench.get(bench.own('/logs/x'))).status).toBe(404);
  });
});

describe('test events', () => {
  it('are deliveries of a notice that no topic gets', async () => {
    const answers = [await bench.post(bench.own('/test')), await bench.post(bench.own('/test'))];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const ids = answers.map(({ body }) => body.eventId);
    expect((await bench.deliveries()).map((row) => row.event_id)).toEqual(ids);
    const { rows } = await bench.pool.query<{ message: string }>(
      'select message from notices where id = any ($1) and lane_id = 0',
      [ids],
    );
    expect(JSON.parse(rows[0]!.message)).toMatchObject({
      type: 'webhook.test',
      tenant: 'acme',
      entity: bench.webhookId,
    });
  });

  it('wake the sender', async () => {
    const client = await bench.pool.connect();
    await client.query('listen deliveries');
    const heard = new Promise((resolve) => client.once('notification', ({ payload }) => resolve(payload)));
    await bench.post(bench.own('/test'));
    expect(await heard).toBe(bench.webhookId);
    client.release(true);
  });
});
