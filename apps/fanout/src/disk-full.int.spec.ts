import type { ClaimEvent } from '@claimwire/contracts';
import { runMigrations } from '@claimwire/postgres/schema';
import * as testkit from '@claimwire/testkit';
import { SmallDiskPostgres } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckingReceiver } from '../test/checking-receiver.js';
import type { Expectation } from '../test/checking-receiver.js';
import { FanoutProcess } from '../test/fanout-process.js';
import { eventually as happens, TestBench } from '../test/test-bench.js';
import type { TestWebhook } from '../test/test-bench.js';

const CLAIMS = 25;
const VERSIONS = 16;
const PATIENCE_MS = 120_000;
/** PostgreSQL's disk_full. */
const DISK_FULL = '53100';
let haveFilled: () => void = () => undefined;
const filled = new Promise<void>((resolve) => (haveFilled = resolve));
const PATHS = {
  // What is answered when the disk is full cannot be stored.
  '/ordered': {
    ...{ concurrency: 3, ordering: 'per_claim', tries: 1_000 },
    answer: ({ version }) => (version === 3 ? filled.then(() => 204) : 204),
  },
  '/refusing': { concurrency: 4, ordering: 'per_claim', tries: 2, answer: ({ version }) => (version % 3 ? 204 : 500) },
} satisfies Record<string, Expectation>;

const postgres = await SmallDiskPostgres.start();
let bench: TestBench;
let receiver: CheckingReceiver;
let replica: FanoutProcess;
const webhooks = {} as Record<keyof typeof PATHS, TestWebhook>;

const eventually = (what: string, check: () => boolean | Promise<boolean>) =>
  happens(
    what,
    () => {
      replica.assertLives();
      return check();
    },
    PATIENCE_MS,
  );

describe.skipIf(!postgres)('a full disk of the database', { timeout: 4 * PATIENCE_MS }, () => {
  beforeAll(async () => {
    const url = postgres?.url ?? '';
    await runMigrations(url);
    receiver = await CheckingReceiver.start(PATHS);
    const database = { url, drop: async () => undefined };
    bench = await TestBench.open({ ...testkit, createTestDatabase: async () => database });
    for (const [path, { concurrency, tries }] of Object.entries(PATHS)) {
      webhooks[path as keyof typeof PATHS] = await bench.createWebhook({
        ...{ url: `http://127.0.0.1:${receiver.port}${path}`, concurrency, timeoutMs: PATIENCE_MS },
        retryPolicy: { type: 'fixed', retries: tries - 1, delaySeconds: 0.2 },
        eventType: 'claim.status_changed',
      });
    }
    replica = new FanoutProcess({ PATH: process.env.PATH, ...bench.env('fanout-a') });
  }, PATIENCE_MS);
  afterAll(async () => {
    await replica?.stop('SIGKILL');
    await bench?.close();
    await Promise.all([receiver?.stop(), postgres?.stop()]);
  });

  it('loses no event: the process lives, and all are delivered or in the error queue when there is room again', async () => {
    const events: ClaimEvent[] = [];
    for (let version = 1; version <= VERSIONS; version += 1) {
      for (let claim = 1; claim <= CLAIMS; claim += 1) events.push(await bench.storeEvent(`c${claim}`, version));
    }
    const half = events.length / 2;
    await bench.publish(...events.slice(0, half));
    await eventually('some arrive', () => receiver.ids('/ordered').size > 10);
    await postgres?.fill();
    haveFilled();
    await bench.publish(...events.slice(half));
    const failed = (what: RegExp) => replica.lines.some((line) => line.includes(DISK_FULL) && what.test(line));
    await eventually('the deliveries of a batch cannot be stored', () => failed(/batch failed/));
    await eventually('what was answered cannot be stored', () => failed(/"during":"settle"/));
    postgres?.makeRoom();

    const refused = events.filter(({ version }) => version % 3 === 0).length;
    const reached = async (path: keyof typeof PATHS, wanted: Record<string, number>) => {
      const states = Object.entries(await bench.states(webhooks[path].id)).sort();
      return JSON.stringify(states) === JSON.stringify(Object.entries(wanted).sort());
    };
    await eventually('all are delivered', () => reached('/ordered', { delivered: events.length }));
    await eventually('or in the error queue', () =>
      reached('/refusing', { delivered: events.length - refused, exhausted: refused }),
    );
    expect(receiver.ids('/ordered')).toEqual(new Set(events.map(({ id }) => id)));
    expect(receiver.faults).toEqual([]);
  });
});
