import type { ClaimEvent } from '@claimwire/contracts';
import { inTransaction, startReplay } from '@claimwire/postgres';
import * as testkit from '@claimwire/testkit';
import { WebhookReceiver } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FanoutProcess } from '../test/fanout-process.js';
import { TENANT, TestBench } from '../test/test-bench.js';

const CLAIMS = 6;
const VERSIONS = 4;
const TOTAL = CLAIMS * VERSIONS;

let bench: TestBench;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [bench, receiver] = await Promise.all([TestBench.open(testkit), WebhookReceiver.start()]);
});
afterAll(async () => {
  await bench?.close();
  await receiver?.stop();
});

/** The order in which a claim's versions arrived, a repeated one once. */
const arrivals = (claimKey: string, path: string): number[] => {
  const versions = receiver.events<ClaimEvent>(path).filter((event) => event.claimKey === claimKey);
  return versions.map(({ version }) => version).filter((version, at, all) => version !== all[at - 1]);
};

describe('a fan-out killed in mid-delivery', () => {
  it.each(['fanout.after-insert', 'fanout.before-attempt', 'fanout.after-attempt'])(
    'at %s makes every delivery after its restart, with the same ids and in order',
    async (fault) => {
      const path = `/${fault}`;
      const cause = { ...(await bench.storeEvent(`seed-${fault}`, 1)).cause, connection: fault };
      const filters = { connection: fault };
      const webhook = await bench.createWebhook({ url: receiver.url + path, concurrency: 3, filters });
      // Longer than the test may take: only a replica that takes its own leases back can pass it.
      const env = { ...bench.env('fanout-a'), FANOUT_LEASE_SECONDS: '120' };

      const victim = new FanoutProcess({ PATH: process.env.PATH, ...env, CLAIMWIRE_TEST_FAULT: fault });
      const events: ClaimEvent[] = [];
      for (let version = 1; version <= VERSIONS; version += 1) {
        for (let claim = 1; claim <= CLAIMS; claim += 1) {
          events.push(await bench.storeEvent(`${fault}-${claim}`, version, { cause }));
        }
      }
      await bench.publish(...events);
      expect(await victim.ended).toBe('SIGKILL');
      expect((await bench.states(webhook.id)).delivered ?? 0).toBeLessThan(TOTAL);

      const successor = new FanoutProcess({ PATH: process.env.PATH, ...env });
      const died = successor.ended.then((how) => Promise.reject(new Error(`the successor ended: ${how}`)));
      await Promise.race([bench.settled(webhook.id, { delivered: TOTAL }, 40_000), died]);
      died.catch(() => undefined);
      expect(await successor.stop()).toBe(0);

      const ids = receiver.requests
        .filter((request) => request.path === path)
        .map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids)).toEqual(new Set(events.map(({ id }) => id)));
      for (const { claimKey } of events.slice(0, CLAIMS)) expect(arrivals(claimKey, path)).toEqual([1, 2, 3, 4]);
    },
  );

  it('in mid-replay makes the rest of it after its restart: each event once', async () => {
    const path = '/replay';
    const webhook = await bench.createWebhook({ url: receiver.url + path, filters: { connection: 'replay' } });
    const cause = { ...(await bench.storeEvent('seed-replay', 1)).cause, connection: 'replay' };
    for (let version = 1; version <= 30; version += 1) await bench.storeEvent('replay', version, { cause });
    await inTransaction(bench.pool, (client) =>
      startReplay(client, {
        id: 'rpl_crash',
        tenant: TENANT,
        webhookId: webhook.id,
        createdBy: 'test',
        ratePerSecond: 10,
        kind: 'claim',
        selection: { claimKey: `${TENANT}/cair/replay` },
      }),
    );
    const env = { PATH: process.env.PATH, ...bench.env('fanout-a') };
    const victim = new FanoutProcess({ ...env, CLAIMWIRE_TEST_FAULT: 'fanout.replay-step' });
    expect(await victim.ended).toBe('SIGKILL');
    const successor = new FanoutProcess(env);
    await bench.settled(webhook.id, { delivered: 30 }, 40_000);
    expect(await successor.stop()).toBe(0);
    const received = receiver.requests.filter((request) => request.path === path);
    expect(received.every(({ headers }) => headers['claimwire-replay'] === 'rpl_crash')).toBe(true);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
    const { rows } = await bench.pool.query(`select state, scanned, created from replays where id = 'rpl_crash'`);
    expect(rows).toEqual([{ state: 'completed', scanned: 30, created: 30 }]);
  }, 60_000);
});
