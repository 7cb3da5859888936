import type { ClaimEvent } from '@claimwire/contracts';
import type { RunningService } from '@claimwire/service-host';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestBench } from '../test/test-bench.js';
import { DELIVERIES_CHANNEL } from './sending/insert-deliveries.js';

let bench: TestBench;
let second: RunningService;
const receivers: WebhookReceiver[] = [];
const CONCURRENCY = 3;
const TOLD_EVENTS = 5;

beforeAll(async () => {
  bench = await TestBench.open(testkit);
  for (let count = 0; count < 4; count += 1) receivers.push(await WebhookReceiver.start());
});
afterAll(async () => {
  await bench?.close();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

const owners = async () => {
  const { rows } = await bench.pool.query<{ owner: string; held: number }>(
    `select owner, count(*)::int as held from webhook_leases where expires_at > now() group by owner order by owner`,
  );
  return Object.fromEntries(rows.map(({ owner, held }) => [owner, held]));
};
const ordered = (receiver: WebhookReceiver) => {
  const last = new Map<string, number>();
  return receiver.events<ClaimEvent>().every(({ claimKey, version }) => {
    const isNext = version >= (last.get(claimKey) ?? 0);
    last.set(claimKey, version);
    return isNext;
  });
};

describe('two replicas', () => {
  const webhooks: { id: string }[] = [];
  let emitted = 0;

  const emitTo = async (versions: number, claims: number) => {
    const events: ClaimEvent[] = [];
    for (let version = 1; version <= versions; version += 1) {
      for (let claim = 1; claim <= claims; claim += 1) {
        events.push(await bench.storeEvent(`replicas-${emitted}-${claim}`, version));
      }
    }
    emitted += 1;
    await bench.publish(...events);
    return events.length;
  };

  it('divide the webhooks between them', async () => {
    for (const receiver of receivers) {
      receiver.answer(() => ({ delayMs: 15 }));
      webhooks.push(await bench.createWebhook({ url: `${receiver.url}/in`, concurrency: CONCURRENCY }));
    }
    await bench.startReplica('fanout-a');
    await eventually('the first one has all', async () => (await owners())['fanout-a'] === 4);
    second = await bench.startReplica('fanout-b');
    await eventually('each has two', async () => JSON.stringify(await owners()) === '{"fanout-a":2,"fanout-b":2}');
  });

  it('together keep the concurrency of each webhook and the order of each claim', async () => {
    const count = await emitTo(5, 20);
    await Promise.all(webhooks.map(({ id }) => bench.settled(id, { delivered: count })));
    for (const receiver of receivers) {
      expect(receiver.mostInFlight).toBe(CONCURRENCY);
      expect(ordered(receiver)).toBe(true);
    }
  });

  it('tell each other once of what one has stored for the other', async () => {
    const client = await bench.pool.connect();
    const told: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => told.push(payload));
    await client.query(`listen ${DELIVERIES_CHANNEL}`);
    const before = receivers.map(({ requests }) => requests.length);
    for (let event = 1; event <= TOLD_EVENTS; event += 1) {
      await emitTo(1, 1);
      await eventually('all have it', () =>
        receivers.every((receiver, at) => receiver.requests.length === before[at]! + event),
      );
    }
    client.release(true);
    expect(told).toHaveLength(TOLD_EVENTS);
    expect(told.every((payload) => payload?.split(',').length === 2)).toBe(true);
  });

  it('hand over while they send: nothing is lost, sent twice, out of order or beyond the limit', async () => {
    const before = receivers.map(({ requests }) => requests.length);
    const sending = emitTo(8, 20);
    const stopping = eventually('some are sent', () => (receivers[0]?.requests.length ?? 0) > (before[0] ?? 0) + 20);
    const count = await sending;
    await stopping;
    await second.stop();
    await Promise.all(webhooks.map(({ id }) => bench.settled(id, { delivered: 100 + TOLD_EVENTS + count }, 40_000)));
    expect(await owners()).toEqual({ 'fanout-a': 4 });
    for (const receiver of receivers) {
      expect(receiver.requests).toHaveLength(100 + TOLD_EVENTS + count);
      expect(receiver.mostInFlight).toBe(CONCURRENCY);
      expect(ordered(receiver)).toBe(true);
    }
  });

  it('never let a dead webhook delay another', async () => {
    const [dead, alive] = receivers;
    alive?.answer(() => undefined);
    // Events of every partition come through: the consumer group has settled after the hand-over above.
    const before = (alive?.requests.length ?? 0) + (await emitTo(1, 50));
    await bench.settled(webhooks[1]?.id ?? '', { delivered: before }, 40_000);
    dead?.answer(() => ({ delayMs: 60_000 }));
    const startedAt = Date.now();
    const count = await emitTo(1, 50);
    await bench.settled(webhooks[1]?.id ?? '', { delivered: before + count });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });
});
