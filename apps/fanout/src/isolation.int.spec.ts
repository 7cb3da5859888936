import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestBench } from '../test/test-bench.js';
import type { TestWebhook, WebhookOptions } from '../test/test-bench.js';

const WELL = 47;
const BACKLOG = 3_000;
const CONCURRENCY = 4;
const EVENTS = 20;

let bench: TestBench;
let well: WebhookReceiver;
let slow: WebhookReceiver;
let throttled: WebhookReceiver;

beforeAll(async () => {
  [bench, well, slow, throttled] = await Promise.all([
    TestBench.open(testkit),
    WebhookReceiver.start(),
    WebhookReceiver.start(),
    WebhookReceiver.start(),
  ]);
});
afterAll(async () => {
  await bench?.close();
  await Promise.all([well, slow, throttled].map((receiver) => receiver?.stop()));
});

/** What matched before: one claim each, so that nothing waits for anything but its webhook. */
const fill = (webhookId: string) =>
  bench.pool.query(
    `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version)
     select tenant_id, $1, event_id, 'claim.updated', claim_key, version from claim_events where claim_key like 'demo/cair/old-%'`,
    [webhookId],
  );

describe('fifty webhooks', () => {
  it('of which one is dead, one slow and one throttled, each with a backlog: the others get everything first', async () => {
    const template = await bench.storeEvent('template', 1);
    await bench.pool.query(
      `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message, lane_id, lane_seq)
       select 'evt_old_' || n, 'demo/cair/old-' || n, tenant_id, 1, occurred_at, received_at, false, '{}', message, 1, 1000000 + n
       from claim_events, generate_series(1, $2) n where event_id = $1`,
      [template.id, BACKLOG],
    );
    const create = (options: WebhookOptions) => bench.createWebhook({ concurrency: CONCURRENCY, ...options });
    const ill: TestWebhook[] = [];
    const patient = { type: 'fixed', retries: 4, delaySeconds: 30 };
    // Nothing listens on port 1; the slow one answers when the test ends it, however slow the machine is.
    ill.push(await create({ url: 'http://127.0.0.1:1/dead', retryPolicy: patient }));
    ill.push(await create({ url: `${slow.url}/slow`, retryPolicy: patient, timeoutMs: 60_000 }));
    ill.push(await create({ url: `${throttled.url}/throttled`, retryPolicy: patient }));
    slow.answer(() => ({ delayMs: 60_000 }));
    throttled.answer(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    for (const { id } of ill) await fill(id);
    const others: TestWebhook[] = [];
    for (let count = 0; count < WELL; count += 1)
      others.push(await create({ url: `${well.url}/${count}`, timeoutMs: 60_000 }));

    await bench.startReplica('fanout-a');
    const events = await Promise.all(
      Array.from({ length: EVENTS }, (_, index) => bench.storeEvent(`new-${index % 5}`, 1 + Math.floor(index / 5))),
    );
    await bench.publish(...events.toSorted((left, right) => left.version - right.version));
    for (const { id } of others) await bench.settled(id, { delivered: EVENTS }, 60_000);

    expect(well.requests).toHaveLength(WELL * EVENTS);
    expect(slow.requests).toHaveLength(CONCURRENCY);
    const states = await Promise.all(ill.map(({ id }) => bench.states(id)));
    expect(states).toEqual(Array(3).fill({ pending: BACKLOG + EVENTS }));
  });
});
