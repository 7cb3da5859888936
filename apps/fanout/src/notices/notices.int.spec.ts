import type { Notice } from '@claimwire/contracts';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { inTransaction, writeHubNotices } from '@claimwire/postgres';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { eventually, TENANT, TestBench } from '../../test/test-bench.js';

let bench: TestBench;
/** Whoever wants to know. */
let watcher: WebhookReceiver;
let watcherId: string;
/** Whom the notices are about. */
let failing: WebhookReceiver;

beforeAll(async () => {
  [bench, watcher, failing] = await Promise.all([
    TestBench.open(testkit),
    WebhookReceiver.start(),
    WebhookReceiver.start(),
  ]);
  const types = ['webhook.deauthorized', 'webhook.disabled', 'webhook.recovered', 'delivery.exhausted'];
  watcherId = (await bench.createWebhook({ url: watcher.url, eventType: 'delivery.exhausted' })).id;
  for (const eventType of types) await bench.bind(watcherId, { eventType });
  await bench.startReplica('fanout-a');
});
afterEach(() => {
  watcher.answer(() => undefined);
  failing.answer(() => undefined);
});
afterAll(async () => {
  await bench?.close();
  await Promise.all([watcher?.stop(), failing?.stop()]);
});

const about = (webhookId: string) => watcher.events<Notice>().filter(({ entity }) => entity === webhookId);
const noRetries = { type: 'fixed', retries: 0, delaySeconds: 1 };

/** A webhook to the failing receiver that gets all claim events and all notices. */
async function arrange(status: number) {
  failing.answer(() => ({ status }));
  return bench.createWebhook({ url: failing.url, retryPolicy: noRetries });
}

/** Removed at the end of a test: it would get the next one's events. */
const remove = (id: string) => bench.pool.query('delete from webhooks where id = $1', [id]);

describe('a notice', () => {
  it.each([
    [401, 'deauthorized'],
    [410, 'disabled'],
  ])('of a webhook that a %i made %s goes through Kafka to another webhook, never to itself', async (status, held) => {
    const { id } = await arrange(status);
    await bench.emit(`held-${status}`, 1);
    await eventually('the notice arrives', () => about(id).length === 1);
    expect(about(id)).toMatchObject([
      {
        type: `webhook.${held}`,
        tenant: TENANT,
        entity: id,
        data: { status, reason: `the destination answered ${status}` },
      },
    ]);
    const { rows } = await bench.pool.query('select event_type from deliveries where webhook_id = $1', [id]);
    expect(rows).toEqual([{ event_type: 'claim.status_changed' }]);
    const request = watcher.requests.find(({ body }) => body.includes(id));
    expect(request?.headers).toMatchObject({ 'ce-type': `webhook.${held}`, 'webhook-id': about(id)[0]?.id });
    await remove(id);
  });

  it('of exhausted deliveries is one for many, with their number, and the next comes a minute later', async () => {
    const { id } = await arrange(500);
    for (let claim = 1; claim <= 5; claim += 1) await bench.emit(`exhausted-${claim}`, 1);
    await bench.settled(id, { exhausted: 5 });
    const told = () => about(id).reduce((sum, { data }) => sum + Number(data.deliveries), 0);
    await eventually('a notice arrives', () => about(id).length > 0);
    expect(about(id)).toMatchObject([
      { type: 'delivery.exhausted', data: { event: 'evt_exhausted-1_1', attempts: 1 } },
    ]);
    await bench.pool.query(`update exhausted_deliveries set noticed_at = now() - interval '61 s'`);
    await bench.emit('exhausted-6', 1);
    await bench.settled(id, { exhausted: 6 });
    await bench.pool.query(`update exhausted_deliveries set noticed_at = now() - interval '61 s'`);
    await eventually('all six are told', () => told() === 6);
    await remove(id);
  });

  it('that fails itself makes no further notice', async () => {
    const { id } = await bench.createWebhook({
      url: failing.url,
      retryPolicy: noRetries,
      eventType: 'webhook.recovered',
    });
    failing.answer(() => ({ status: 500 }));
    const other = { type: 'webhook.recovered', tenant: TENANT, webhookId: watcherId, data: {} } as const;
    await inTransaction(bench.pool, (client) => writeHubNotices(client, [other]));
    await bench.settled(id, { exhausted: 1 });
    const { rows } = await bench.pool.query('select 1 from exhausted_deliveries where webhook_id = $1', [id]);
    expect(rows).toEqual([]);
    await remove(id);
  });

  it('that was committed and not sent goes out after the restart, in order, and is delivered once', async () => {
    await bench.stopReplicas();
    const notices = ['whk_1', 'whk_2', 'whk_3'].map((webhookId) => ({
      type: 'webhook.recovered' as const,
      tenant: TENANT,
      webhookId,
      data: { previousStatus: 'disabled' },
    }));
    for (const notice of notices) await inTransaction(bench.pool, (client) => writeHubNotices(client, [notice]));
    await bench.startReplica('fanout-b');
    const entities = () => watcher.events<Notice>().map(({ entity }) => entity);
    await eventually('all arrive', () => notices.every(({ webhookId }) => entities().includes(webhookId)));
    await bench.stopReplicas();
    // As a crash between the send and its note leaves it.
    await bench.pool.query(`update consumer_lanes set sent_seq = 0 where consumer = 'fanout-notices'`);
    await bench.startReplica('fanout-c');
    const unsent = `select 1 from consumer_lanes where consumer = 'fanout-notices' and sent_seq < last_seq`;
    await eventually('all is sent again', async () => (await bench.pool.query(unsent)).rowCount === 0);
    await inTransaction(bench.pool, (client) =>
      writeHubNotices(client, [{ type: 'webhook.recovered', tenant: TENANT, webhookId: 'whk_4', data: {} }]),
    );
    await eventually('the next one arrives', () => entities().includes('whk_4'));
    const ids = watcher.events<Notice>().map(({ id }) => id);
    expect(ids).toHaveLength(new Set(ids).size);
  });
});
