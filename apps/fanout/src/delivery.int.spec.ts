import type { ClaimEvent } from '@claimwire/contracts';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestBench } from '../test/test-bench.js';
import type { TestWebhook, WebhookOptions } from '../test/test-bench.js';

let bench: TestBench;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  bench = await TestBench.open(testkit);
  await bench.startReplica('fanout-a');
});
afterAll(async () => {
  await bench?.close();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

/** A receiver of the test's own, and a webhook to it that gets one claim number range only. */
async function arrange(connection: string, options: Partial<WebhookOptions> = {}) {
  const receiver = await WebhookReceiver.start();
  receivers.push(receiver);
  const webhook = await bench.createWebhook({ url: `${receiver.url}/in`, filters: { connection }, ...options });
  return { receiver, webhook };
}
const of = (connection: string): Partial<ClaimEvent> => ({ cause: { ...CAUSE, connection } });
const CAUSE: ClaimEvent['cause'] = {
  provider: 'cair',
  connection: '',
  event: 'CLAIM_STATUS_CHANGE',
  status: 'submitted',
  reportedBy: null,
  transaction: null,
  partnership: null,
  environment: 'production',
  reasons: [],
};
const settled = (webhook: TestWebhook, states: Record<string, number>) => bench.settled(webhook.id, states);
const versions = (receiver: WebhookReceiver) => receiver.events<ClaimEvent>().map(({ version }) => version);

describe('a delivery', () => {
  it('has the stored bytes, and a signature that the public library verifies', async () => {
    const { receiver, webhook } = await arrange('con_plain');
    const event = await bench.emit('plain', 1, of('con_plain'));
    await settled(webhook, { delivered: 1 });
    const [request] = receiver.requests;
    expect(request?.body).toBe(JSON.stringify(event));
    expect(new Webhook(webhook.secret).verify(request?.body ?? '', request?.headers ?? {})).toMatchObject({
      id: event.id,
    });
    expect(request?.headers).toMatchObject({ 'webhook-id': event.id, 'ce-type': event.type, 'ce-id': event.id });
    const { rows } = await bench.pool.query('select * from delivery_attempts where webhook_id = $1', [webhook.id]);
    expect(rows).toMatchObject([{ event_id: event.id, number: 1, status: 204, error: null, tenant_id: 'demo' }]);
  });

  it('is made once for an event that is published twice', async () => {
    const { receiver, webhook } = await arrange('con_twice');
    const event = await bench.emit('twice', 1, of('con_twice'));
    await bench.publish(event);
    await bench.emit('twice', 2, of('con_twice'));
    await settled(webhook, { delivered: 2 });
    expect(versions(receiver)).toEqual([1, 2]);
  });

  it('is not made for an event of a claim that was erased, which its topic still holds', async () => {
    const { receiver, webhook } = await arrange('con_erased');
    await bench.pool.query(`insert into erasure_keys values ('k1') on conflict do nothing`);
    const gone = await bench.storeEvent('erased', 1, of('con_erased'));
    await bench.pool.query('delete from claim_events where event_id = $1', [gone.id]);
    await bench.publish(gone);
    await bench.emit('erased-not', 1, of('con_erased'));
    await settled(webhook, { delivered: 1 });
    expect(receiver.events<ClaimEvent>().map(({ claimKey }) => claimKey)).toEqual(['demo/cair/erased-not']);
  });

  it('is not made for what no binding matches', async () => {
    const { receiver, webhook } = await arrange('con_filter', {
      filters: { connection: 'con_filter', status: 'paid' },
    });
    await bench.emit('filter', 1, of('con_filter'));
    await bench.emit('filter', 2, { ...of('con_filter'), status: 'paid' });
    await settled(webhook, { delivered: 1 });
    expect(versions(receiver)).toEqual([2]);
  });

  it('is tried again after a failure, with the same webhook-id, and logged each time', async () => {
    const { receiver, webhook } = await arrange('con_retry');
    const script = [{ status: 500, body: 'no' }, { reset: true }, { status: 302, headers: { location: '/x' } }];
    receiver.answer((_request, number) => script[number - 1]);
    const event = await bench.emit('retry', 1, of('con_retry'));
    await settled(webhook, { delivered: 1 });
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(Array(4).fill(event.id));
    const { rows } = await bench.pool.query(
      'select number, status, error, response from delivery_attempts where webhook_id = $1 order by id',
      [webhook.id],
    );
    expect(rows).toMatchObject([
      { number: 1, status: 500, error: null, response: { body: 'no' } },
      { number: 2, status: null, error: 'connection_reset', response: null },
      { number: 3, status: 302 },
      { number: 4, status: 204 },
    ]);
  });

  it('goes to the error queue when its retries are used up, and the claim goes on', async () => {
    const retryPolicy = { type: 'fixed', retries: 1, delaySeconds: 0.1 };
    const { receiver, webhook } = await arrange('con_exhausted', { retryPolicy });
    receiver.answer(({ body }) => ({ status: (JSON.parse(body) as ClaimEvent).version === 1 ? 500 : 200 }));
    await bench.emit('exhausted', 1, of('con_exhausted'));
    await bench.emit('exhausted', 2, of('con_exhausted'));
    await settled(webhook, { exhausted: 1, delivered: 1 });
    expect(versions(receiver)).toEqual([1, 1, 2]);
  });

  it('is rejected for good by a 406', async () => {
    const { receiver, webhook } = await arrange('con_406');
    receiver.answer(() => ({ status: 406 }));
    await bench.emit('406', 1, of('con_406'));
    await settled(webhook, { rejected: 1 });
    expect(receiver.requests).toHaveLength(1);
  });

  it('times out at the end of the answer, not at its beginning', async () => {
    const { receiver, webhook } = await arrange('con_slow', { timeoutMs: 300 });
    receiver.answer((_request, number) => (number === 1 ? { delayMs: 1_000 } : undefined));
    await bench.emit('slow', 1, of('con_slow'));
    await settled(webhook, { delivered: 1 });
    const { rows } = await bench.pool.query('select error from delivery_attempts where webhook_id = $1 order by id', [
      webhook.id,
    ]);
    expect(rows).toEqual([{ error: 'timeout' }, { error: null }]);
  });

  it('waits as long as Retry-After says', async () => {
    const { receiver, webhook } = await arrange('con_429', {
      retryPolicy: { type: 'fixed', retries: 1, delaySeconds: 60 },
    });
    receiver.answer((_request, number) =>
      number === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined,
    );
    await bench.emit('429', 1, of('con_429'));
    await settled(webhook, { delivered: 1 });
    const [first, second] = receiver.requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('refuses an address that is not allowed', async () => {
    const retryPolicy = { type: 'fixed', retries: 0, delaySeconds: 1 };
    const { webhook } = await arrange('con_refused', { url: 'http://169.254.169.254/latest', retryPolicy });
    await bench.emit('refused', 1, of('con_refused'));
    await settled(webhook, { exhausted: 1 });
    const { rows } = await bench.pool.query('select error from delivery_attempts where webhook_id = $1', [webhook.id]);
    expect(rows).toEqual([{ error: 'address_refused' }]);
  });
});

describe('a webhook that is held', () => {
  it.each([
    [401, 'deauthorized'],
    [410, 'disabled'],
  ])('by a %i is %s: nothing more is sent until it is back, then all goes out in order', async (status, held) => {
    const connection = `con_held_${status}`;
    const retryPolicy = { type: 'fixed', retries: 0, delaySeconds: 1 };
    const { receiver, webhook } = await arrange(connection, { retryPolicy, concurrency: 1 });
    receiver.answer(() => ({ status }));
    await bench.emit(`held-${status}`, 1, of(connection));
    await eventually(`the webhook is ${held}`, async () => (await bench.webhookStatus(webhook.id)) === held);
    for (const version of [2, 3, 4]) await bench.emit(`held-${status}`, version, of(connection));
    await settled(webhook, { pending: 4 });
    const { rows } = await bench.pool.query('select tenant_id, actor, action from audit_log where target = $1', [
      webhook.id,
    ]);
    expect(rows).toEqual([{ tenant_id: 'demo', actor: 'fanout', action: `webhook.${held}` }]);
    expect(versions(receiver)).toEqual([1]);

    receiver.answer(() => undefined);
    await bench.activate(webhook.id);
    await settled(webhook, { delivered: 4 });
    expect(versions(receiver)).toEqual([1, 1, 2, 3, 4]);
  });

  it('by a 401 is held again by the next 401, which sends nothing more and uses up no retry', async () => {
    const retryPolicy = { type: 'fixed', retries: 0, delaySeconds: 1 };
    const { receiver, webhook } = await arrange('con_again', { retryPolicy, concurrency: 1 });
    receiver.answer(() => ({ status: 401 }));
    for (const version of [1, 2, 3]) await bench.emit('again', version, of('con_again'));
    for (const tries of [1, 2, 3]) {
      const isHeld = async () => (await bench.webhookStatus(webhook.id)) === 'deauthorized';
      await eventually('it is deauthorized', async () => receiver.requests.length === tries && (await isHeld()));
      await settled(webhook, { pending: 3 });
      if (tries === 3) receiver.answer(() => undefined);
      await bench.activate(webhook.id);
    }
    await settled(webhook, { delivered: 3 });
    expect(versions(receiver)).toEqual([1, 1, 1, 1, 2, 3]);
  });

  it('by a pause keeps what matches and sends it in order afterwards', async () => {
    const { receiver, webhook } = await arrange('con_paused', { concurrency: 1 });
    await bench.pool.query(`update webhooks set status = 'paused' where id = $1`, [webhook.id]);
    for (const version of [1, 2, 3]) await bench.emit('paused', version, of('con_paused'));
    await settled(webhook, { pending: 3 });
    expect(receiver.requests).toEqual([]);
    await bench.activate(webhook.id);
    await settled(webhook, { delivered: 3 });
    expect(versions(receiver)).toEqual([1, 2, 3]);
  });
});

describe('order', () => {
  it('of each claim holds while deliveries fail, time out and are retried', async () => {
    const { receiver, webhook } = await arrange('con_order', { timeoutMs: 500, concurrency: 8 });
    receiver.answer(({ body }, number) => {
      const { version } = JSON.parse(body) as ClaimEvent;
      return number === 1 && version % 3 === 0 ? { status: 500 } : { delayMs: version % 4 };
    });
    const claims = ['a', 'b', 'c', 'd', 'e'].map((name) => `order-${name}`);
    for (let version = 1; version <= 12; version += 1) {
      for (const claim of claims) await bench.emit(claim, version, of('con_order'));
    }
    await settled(webhook, { delivered: 60 });
    for (const claim of claims) {
      const seen = receiver.events<ClaimEvent>().filter(({ claimKey }) => claimKey.endsWith(claim));
      expect(seen.map(({ version }) => version)).toEqual([1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12]);
    }
  });

  it('with latest_only lets a newer event replace one that waits for its retry', async () => {
    const retryPolicy = { type: 'fixed', retries: 3, delaySeconds: 1 };
    const { receiver, webhook } = await arrange('con_latest', { ordering: 'latest_only', retryPolicy });
    receiver.answer(({ body }) => ({ status: (JSON.parse(body) as ClaimEvent).version === 1 ? 500 : 200 }));
    await bench.emit('latest', 1, of('con_latest'));
    await eventually('the first one failed', () => receiver.requests.length === 1);
    await bench.emit('latest', 2, of('con_latest'));
    await settled(webhook, { delivered: 1, superseded: 1 });
    expect(versions(receiver)).toEqual([1, 2]);
  });

  it('does not hold up a replay, which says what it is', async () => {
    const { receiver, webhook } = await arrange('con_replay', {
      retryPolicy: { type: 'fixed', retries: 1, delaySeconds: 60 },
    });
    const first = await bench.emit('replay', 1, of('con_replay'));
    await settled(webhook, { delivered: 1 });
    receiver.answer(({ headers }) => (headers['claimwire-replay'] ? undefined : { status: 500 }));
    await bench.emit('replay', 2, of('con_replay'));
    await eventually('version 2 waits for its retry', () => receiver.requests.length === 2);
    await bench.pool.query(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
       select tenant_id, webhook_id, event_id, event_type, claim_key, version, 'rpl_1' from deliveries where event_id = $1`,
      [first.id],
    );
    await bench.pool.query(`select pg_notify('deliveries', $1)`, [webhook.id]);
    await eventually('the replay arrives', () => receiver.requests.length === 3);
    expect(receiver.requests[2]?.headers).toMatchObject({ 'claimwire-replay': 'rpl_1', 'webhook-id': first.id });
  });
});

describe('a binding', () => {
  it('holds for every event that is published after its insert was committed', async () => {
    const { receiver, webhook } = await arrange('con_none', { filters: { connection: 'con_binding_0' } });
    for (let round = 0; round < 15; round += 1) {
      const connection = `con_binding_${round}`;
      if (round > 0) await bench.bind(webhook.id, { filters: { connection } });
      await bench.emit(connection, 1, of(connection));
    }
    await settled(webhook, { delivered: 15 });
    expect(receiver.requests).toHaveLength(15);
  });
});
