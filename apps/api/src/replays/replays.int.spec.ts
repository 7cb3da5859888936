import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { at, WebhookBench } from '../../test/webhook-bench.js';

let bench: WebhookBench;

beforeAll(async () => {
  bench = await WebhookBench.start();
});
beforeEach(() => bench.newWebhook());
afterAll(() => bench?.stop());

describe('error queue', () => {
  it('lists what used up its retries', async () => {
    await bench.addDelivery('evt_ok', 'delivered');
    const id = await bench.addDelivery('evt_bad', 'exhausted');
    const { data } = (await bench.get(bench.own('/error-queue'))).body;
    expect(data).toMatchObject([{ id, eventId: 'evt_bad', attempts: 5, lastError: 'timeout', replayId: null }]);
  });

  it.each([
    ['by id', (ids: string[]) => ({ ids: ids.slice(0, 1) }), ['evt_1']],
    ['as a whole', () => ({ all: true }), ['evt_1', 'evt_2']],
    ['since a time', () => ({ since: at(5) }), ['evt_2']],
  ])('is retried %s as fresh deliveries of one replay', async (_how, body, expected) => {
    const ids = [
      await bench.addDelivery('evt_1', 'exhausted', '', at(1)),
      await bench.addDelivery('evt_2', 'exhausted', '', at(9)),
    ];
    const answer = await bench.post(bench.own('/error-queue/retry'), body(ids));
    expect(answer).toMatchObject({ status: 200, body: { count: expected.length } });
    const rows = await bench.deliveries();
    const fresh = rows.filter(({ state }) => state === 'pending');
    expect(fresh.map((row) => row.event_id)).toEqual(expected);
    expect(fresh.every((row) => row.replay_id === answer.body.replayId && row.attempts === 0)).toBe(true);
    const left = (await bench.get(bench.own('/error-queue'))).body.data.map(({ eventId }) => eventId);
    expect([...left, ...expected].sort()).toEqual(['evt_1', 'evt_2']);
  });

  it('sends an event once that failed live and as a replay', async () => {
    await bench.addDelivery('evt_1', 'exhausted');
    await bench.addDelivery('evt_1', 'exhausted', 'rpl_old');
    expect((await bench.post(bench.own('/error-queue/retry'), { all: true })).body.count).toBe(1);
    expect((await bench.get(bench.own('/error-queue'))).body.data).toEqual([]);
  });

  it('is retried by a filter, and one by one', async () => {
    const ids = [
      await bench.addDelivery('evt_1', 'exhausted', '', at(1)),
      await bench.addDelivery('evt_2', 'exhausted', '', at(9)),
    ];
    const filtered = await bench.post(bench.own('/error-queue/retry'), { filter: { error: 'timeout', until: at(5) } });
    expect(filtered).toMatchObject({
      status: 200,
      body: { count: 1, kind: 'error_queue', state: 'running', pending: 1 },
    });
    expect((await bench.post(bench.own(`/error-queue/${ids[0]}/retry`))).status).toBe(404);
    expect((await bench.post(bench.own(`/error-queue/${ids[1]}/retry`))).body).toMatchObject({ count: 1 });
    const fresh = (await bench.deliveries()).filter(({ state }) => state === 'pending');
    expect(fresh.map((row) => row.event_id)).toEqual(['evt_1', 'evt_2']);
  });

  it('shows one delivery with the log of its attempts', async () => {
    const id = await bench.addDelivery('evt_1', 'exhausted');
    for (const number of [1, 2]) {
      await bench.pool.query(
        `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, status, phases, request)
         values ($1, $2, 'acme', 'evt_1', $3, now(), 500, '{}', '{}')`,
        [id, bench.webhookId, number],
      );
    }
    const { body } = await bench.get(bench.own(`/error-queue/${id}`));
    expect(body).toMatchObject({ id, attempts: 5, log: [{ number: 2, status: 500 }, { number: 1 }] });
    const delivered = await bench.addDelivery('evt_2', 'delivered');
    expect((await bench.get(bench.own(`/error-queue/${delivered}`))).status).toBe(404);
    expect((await bench.get(bench.own('/error-queue/x'))).status).toBe(404);
  });

  it('is listed by filter, and purged by it, one by one and as a whole', async () => {
    const ids = [];
    for (const minute of [1, 2, 3, 4]) ids.push(await bench.addDelivery(`evt_${minute}`, 'exhausted', '', at(minute)));
    const listed = async (query = '') =>
      (await bench.get(bench.own(`/error-queue${query}`))).body.data.map(({ eventId }) => eventId);
    expect(await listed(`?since=${at(2)}&until=${at(4)}`)).toEqual(['evt_3', 'evt_2']);
    expect(await listed('?eventId=evt_4&error=timeout&eventType=claim.updated')).toEqual(['evt_4']);
    expect(
      (await bench.api.call('DELETE', `/v1${bench.own(`/error-queue/${ids[3]}`)}`, { key: bench.key })).status,
    ).toBe(204);
    expect(
      (await bench.api.call('DELETE', `/v1${bench.own(`/error-queue/${ids[3]}`)}`, { key: bench.key })).status,
    ).toBe(404);
    expect((await bench.post(bench.own('/error-queue/purge'), { filter: { eventId: 'evt_1' } })).body).toEqual({
      deleted: 1,
      remaining: 0,
    });
    expect(await listed()).toEqual(['evt_3', 'evt_2']);
    expect((await bench.post(bench.own('/error-queue/purge'), { all: true })).body).toEqual({
      deleted: 2,
      remaining: 0,
    });
    expect(await listed()).toEqual([]);
    expect((await bench.post(bench.own('/error-queue/purge'), {})).status).toBe(422);
    const { data } = (await bench.get('/audit-log?action=webhook.errors_purged')).body;
    expect(data[0]).toMatchObject({ action: 'webhook.errors_purged', target: bench.webhookId, detail: { deleted: 2 } });
  });

  it.each([
    {},
    { filter: {} },
    { all: true, filter: { eventId: 'x' } },
    { all: false },
    { ids: ['x'] },
    { all: true, since: at(1) },
    { ids: null },
  ])('refuses a retry of %o', async (body) => {
    expect((await bench.post(bench.own('/error-queue/retry'), body)).status).toBe(422);
  });
});

describe('replays', () => {
  const eventIds = async () => (await bench.deliveries()).map(({ event_id }) => event_id);
  const seed = (claimId: string, minute: number, status = 'submitted') =>
    seedEvent(bench.pool, { tenant: 'acme', claimId, version: 1, occurredAt: at(minute), status });

  it('send a window again by receivedAt, what the webhook is bound to and the filters hold for', async () => {
    await bench.post(bench.own('/bindings'), {
      eventType: 'claim.status_changed',
      filters: { status: ['paid', 'denied'] },
    });
    await seed('w1', 10, 'paid');
    const inside = [await seed('w2', 11, 'denied'), await seed('w3', 12, 'paid')];
    await seed('w4', 13, 'submitted');
    await seed('w5', 14, 'paid');
    await bench.api.createTenant('neighbour');
    await seedEvent(bench.pool, { tenant: 'neighbour', claimId: 'w2', version: 1, occurredAt: at(11), status: 'paid' });
    const window = { since: at(11), until: at(14) };
    const answer = await bench.post(bench.own('/replays'), window);
    expect(answer).toMatchObject({ status: 200, body: { count: 2 } });
    expect(await eventIds()).toEqual(inside.map(({ id }) => id));
    const again = await bench.post(bench.own('/replays'), { ...window, filters: { status: 'paid', provider: 'cair' } });
    expect(again.body.count).toBe(1);
    expect((await bench.post(bench.own('/replays'), { ...window, filters: { transaction: '277' } })).body.count).toBe(
      0,
    );
  });

  it('send one claim again', async () => {
    await bench.post(bench.own('/bindings'), { eventType: '*' });
    const { id, claimKey } = await seed('one', 20);
    const answer = await bench.post(`/claims/${encodeURIComponent(claimKey)}/replays`, { webhookId: bench.webhookId });
    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    expect(await bench.deliveries()).toMatchObject([
      { event_id: id, replay_id: answer.body.replayId, state: 'pending' },
    ]);
  });

  it('send one event or notice again', async () => {
    await bench.post(bench.own('/bindings'), { eventType: '*' });
    const { id } = await seed('single', 21);
    await bench.pool.query(
      `insert into notices (id, tenant_id, entity, type, received_at, message, lane_id, lane_seq)
       values ('ntc_1', 'acme', 'file-1', 'file.failed', $1, $2, 7, 1)`,
      [at(21), JSON.stringify({ id: 'ntc_1', type: 'file.failed', tenant: 'acme', entity: 'file-1', data: {} })],
    );
    for (const eventId of [id, 'ntc_1']) {
      const answer = await bench.post(`/events/${eventId}/replays`, { webhookId: bench.webhookId });
      expect(answer).toMatchObject({ status: 200, body: { kind: 'event', count: 1, total: 1 } });
    }
    expect(await eventIds()).toEqual([id, 'ntc_1']);
    expect((await bench.post('/events/evt_none/replays', { webhookId: bench.webhookId })).status).toBe(404);
    const { body } = await bench.post(bench.own('/replays'), { since: at(21), until: at(22) });
    expect(body).toMatchObject({ count: 2, total: 2, scanned: 2 });
  });

  it('say how far they have come, and make at once no more than a second of their rate', async () => {
    await bench.post(bench.own('/bindings'), { eventType: '*' });
    for (let version = 1; version <= 5; version += 1) {
      await seedEvent(bench.pool, { tenant: 'acme', claimId: 'slow', version, occurredAt: at(30) });
    }
    const answer = await bench.post(bench.own('/replays'), { since: at(30), until: at(31), ratePerSecond: 2 });
    const begun = { state: 'running', total: 5, scanned: 2, count: 2, pending: 2, delivered: 0, endedAt: null };
    expect(answer.body).toMatchObject(begun);
    const path = bench.own(`/replays/${String(answer.body.replayId)}`);
    await bench.pool.query(`update deliveries set state = 'delivered' where webhook_id = $1 and version = 1`, [
      bench.webhookId,
    ]);
    expect((await bench.get(path)).body).toMatchObject({ ...begun, pending: 1, delivered: 1 });
    expect((await bench.get(bench.own('/replays'))).body.data).toMatchObject([{ ...begun, pending: 1, delivered: 1 }]);
    expect((await bench.get(bench.own('/replays/rpl_none'))).status).toBe(404);
  });

  it('end when they are cancelled: what waits is not sent', async () => {
    await bench.post(bench.own('/bindings'), { eventType: '*' });
    await seed('cancelled', 40);
    const { body } = await bench.post(bench.own('/replays'), { since: at(40), until: at(41) });
    expect(body).toMatchObject({ state: 'running', count: 1 });
    const path = bench.own(`/replays/${String(body.replayId)}`);
    expect(await bench.post(`${path}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', pending: 0, superseded: 1 },
    });
    expect(await bench.deliveries()).toMatchObject([{ state: 'superseded', last_error: 'cancelled' }]);
    expect((await bench.post(`${path}/cancel`)).status).toBe(409);
    const stranger = await bench.api.createTenant('stranger');
    expect((await bench.api.call('POST', `/v1${path}/cancel`, { key: stranger })).status).toBe(404);
  });

  it('want a window that is one', async () => {
    expect((await bench.post(bench.own('/replays'), { since: at(2), until: at(1) })).status).toBe(422);
    expect((await bench.post(bench.own('/replays'), { since: 'yesterday' })).status).toBe(422);
  });
});
