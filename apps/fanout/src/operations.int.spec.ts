import type { ClaimEvent } from '@claimwire/contracts';
import { cancelReplay, inTransaction, startReplay } from '@claimwire/postgres';
import type { RunningService } from '@claimwire/service-host';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TENANT, TestBench } from '../test/test-bench.js';
import type { WebhookOptions } from '../test/test-bench.js';

let bench: TestBench;
let replica: RunningService;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  bench = await TestBench.open(testkit);
  replica = await bench.startReplica('fanout-a');
});
afterAll(async () => {
  await bench?.close();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

/** A receiver of the test's own, and a webhook to it that gets the events of one connection only. */
async function arrange(
  connection: string,
  settings: Record<string, unknown> = {},
  options: Partial<WebhookOptions> = {},
) {
  const receiver = await WebhookReceiver.start();
  receivers.push(receiver);
  const webhook = await bench.createWebhook({ url: receiver.url, filters: { connection }, ...options });
  for (const [column, value] of Object.entries(settings)) {
    await bench.pool.query(`update webhooks set ${column} = $2 where id = $1`, [webhook.id, value]);
  }
  const { cause } = await bench.storeEvent(`cause-${connection}`, 1);
  const more: Partial<ClaimEvent> = { cause: { ...cause, connection } };
  return { receiver, webhook, more };
}

const replayClaim = (id: string, webhookId: string, claim: string, ratePerSecond: number) =>
  inTransaction(bench.pool, (client) =>
    startReplay(client, {
      id,
      tenant: TENANT,
      webhookId,
      ratePerSecond,
      createdBy: 'test',
      kind: 'claim',
      selection: { claimKey: `${TENANT}/cair/${claim}` },
    }),
  );

describe('a replay', () => {
  it('goes out at its rate, and what is live goes before it', async () => {
    const { receiver, webhook, more } = await arrange('con_replay', {}, { concurrency: 1, timeoutMs: 60_000 });
    for (let version = 1; version <= 50; version += 1) await bench.storeEvent('replayed', version, more);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    receiver.answer(() => (receiver.requests.length === 5 ? { after: held } : undefined));
    await replayClaim('rpl_rate', webhook.id, 'replayed', 20);
    await eventually('the replay has begun', () => receiver.requests.length === 5);
    const live = await bench.emit('live', 1, more);
    const stored = () => bench.pool.query('select 1 from deliveries where event_id = $1', [live.id]);
    await eventually('the live event waits too', async () => (await stored()).rowCount === 1);
    goOn();
    await bench.settled(webhook.id, { delivered: 51 });
    const ids = receiver.requests.map(({ headers }) => headers['claimwire-replay']);
    expect(ids.filter((id) => id === 'rpl_rate')).toHaveLength(50);
    // Of the replays that were waiting some may have gone while it was on its way into memory.
    expect(ids.indexOf(undefined)).toBeLessThan(12);
    const { rows } = await bench.pool.query<{ made: number; seconds: number }>(
      `select count(*)::int as made, extract(epoch from max(created_at) - min(created_at))::float8 as seconds
       from deliveries where replay_id = 'rpl_rate'`,
    );
    // The first second's worth at once, after a second the other thirty at twenty a second.
    expect(rows[0]?.made).toBe(50);
    expect(rows[0]?.seconds).toBeGreaterThanOrEqual(2);
  });

  it('that is cancelled sends nothing more but what is in flight', async () => {
    const { receiver, webhook, more } = await arrange('con_cancel', {}, { concurrency: 1, timeoutMs: 60_000 });
    for (let version = 1; version <= 30; version += 1) await bench.storeEvent('cancelled', version, more);
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    receiver.answer((_request, number) => (number === 1 ? { after: held } : undefined));
    await replayClaim('rpl_cancel', webhook.id, 'cancelled', 100);
    const buffered = async () => {
      const text = await (await fetch(`${replica.managementUrl}/metrics`)).text();
      return /^claimwire_fanout_buffered (\d+)/m.exec(text)?.[1];
    };
    await eventually('the first is in flight', () => receiver.requests.length === 1);
    await eventually('the others are in memory', async () => (await buffered()) === '29');
    expect(await inTransaction(bench.pool, (client) => cancelReplay(client, 'rpl_cancel'))).toBe(true);
    await eventually('they have left memory', async () => (await buffered()) === '0');
    answer();
    await bench.emit('after-cancel', 1, more);
    await bench.settled(webhook.id, { superseded: 30, delivered: 1 });
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('a rate limit', () => {
  it('holds in every second, also when another replica takes the webhook over', async () => {
    const limit = 5;
    const { webhook, more } = await arrange('con_rate', { rate_limit: limit });
    const events = [];
    for (let claim = 1; claim <= 13; claim += 1) events.push(await bench.storeEvent(`rate-${claim}`, 1, more));
    await bench.publish(...events);
    await eventually('some are sent', async () => ((await bench.states(webhook.id)).delivered ?? 0) >= 7);
    await bench.stopReplicas();
    await bench.startReplica('fanout-b');
    await bench.settled(webhook.id, { delivered: 13 });
    const { rows } = await bench.pool.query<{ at: Date }>(
      'select at from delivery_attempts where webhook_id = $1 order by at',
      [webhook.id],
    );
    const starts = rows.map(({ at }) => at.getTime());
    const spans = starts.slice(limit).map((at, earlier) => at - (starts[earlier] ?? 0));
    // A pause of the process between the start and its note in the log makes a span look shorter than it is.
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(750);
  });
});

describe('a webhook that fails', () => {
  it('only, for its time, is disabled and told of; what matched is kept', async () => {
    const retryPolicy = { type: 'fixed', retries: 100, delaySeconds: 0.3 };
    const { receiver, webhook, more } = await arrange('con_failing', { disable_after_seconds: 1 }, { retryPolicy });
    receiver.answer(() => ({ status: 500 }));
    await bench.emit('failing', 1, more);
    await eventually('it is disabled', async () => (await bench.webhookStatus(webhook.id)) === 'disabled');
    const { rows } = await bench.pool.query<{ reason: string; message: string }>(
      `select status_reason as reason, message from webhooks join notices on entity = webhooks.id where webhooks.id = $1`,
      [webhook.id],
    );
    expect(rows).toMatchObject([{ reason: 'failing_only' }]);
    expect(JSON.parse(rows[0]?.message ?? '')).toMatchObject({ type: 'webhook.disabled', data: { status: null } });
    const spell = await bench.pool.query<{ seconds: number }>(
      `select extract(epoch from max(at) - min(at))::float8 as seconds from delivery_attempts where webhook_id = $1`,
      [webhook.id],
    );
    expect(spell.rows[0]?.seconds).toBeGreaterThanOrEqual(1);
    await bench.emit('failing', 2, more);
    await bench.settled(webhook.id, { pending: 2 });
    receiver.answer(() => undefined);
    await bench.activate(webhook.id);
    await bench.settled(webhook.id, { delivered: 2 });
    const failing = 'select 1 from webhook_health where webhook_id = $1 and failing_since is not null';
    await eventually('it is well', async () => (await bench.pool.query(failing, [webhook.id])).rowCount === 0);
  });
});

describe('the log of attempts', () => {
  it('has no secret, also where the answer repeats one, and of the answer what the webhook lets it keep', async () => {
    const credentials = { type: 'api_keys', headers: [{ name: 'X-Partner', value: 'partner-secret' }] };
    const { receiver, webhook, more } = await arrange('con_log', {}, { credentials });
    receiver.answer(({ headers }) => ({
      status: 200,
      body: `got ${headers['x-partner']} and ${headers['webhook-id']}`,
      headers: { 'x-echo': String(headers['x-partner']) },
    }));
    const event = await bench.emit('log', 1, more);
    await bench.settled(webhook.id, { delivered: 1 });
    const logged = async () =>
      (
        await bench.pool.query<{ response: { body: string } | null; phases: object; part: string }>(
          `select response, request, phases, tableoid::regclass::text as part from delivery_attempts
           where webhook_id = $1 order by id`,
          [webhook.id],
        )
      ).rows;
    const [attempt] = await logged();
    expect(attempt?.response).toMatchObject({ body: `got *** and ${event.id}`, headers: { 'x-echo': '***' } });
    expect(JSON.stringify(attempt)).not.toContain('partner-secret');
    expect(attempt?.phases).toHaveProperty('tcp');
    expect(attempt?.part).toMatch(/^delivery_attempts_\d{8}$/);
    await bench.pool.query(`update webhooks set log_response = 'none' where id = $1`, [webhook.id]);
    await bench.emit('log', 2, more);
    await bench.settled(webhook.id, { delivered: 2 });
    expect((await logged())[1]?.response).toBeNull();
  });
});
