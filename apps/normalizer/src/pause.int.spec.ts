import { setTimeout as sleep } from 'node:timers/promises';
import { cairEvents, Pipeline, rawCair, shuffled } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const within = { timeout: 60_000, interval: 200 };
/** Longer than the session (6 s), so that the group gives its partitions away, and than the lease. */
const PAUSE_MS = 9_000;
const SETTINGS = { OUTBOX_LEASE_MS: '2000', BATCH_MAX_EVENTS: '10' };
let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await Pipeline.create();
});

afterAll(() => pipeline?.close());

describe('a replica that is paused past its leases, in the middle of its work', () => {
  it('loses nothing, sends nothing old when it wakes, and the states compact to the truth', async () => {
    const records = shuffled(cairEvents(20, 60), 5).map(rawCair);
    let fed = 0;
    let feeding = true;
    const feed = (async () => {
      while (feeding && fed < records.length) {
        await pipeline.publish(records.slice(fed, fed + 10));
        fed += 10;
        await sleep(100);
      }
    })();
    const first = pipeline.startNormalizer(SETTINGS);
    await expect.poll(() => pipeline.publishedEvents(), within).toBeGreaterThan(20);
    first.signal('SIGSTOP');
    pipeline.startNormalizer(SETTINGS);
    const before = pipeline.publishedEvents();
    await sleep(PAUSE_MS);
    await expect.poll(() => pipeline.publishedEvents(), within).toBeGreaterThan(before);
    first.signal('SIGCONT');
    await sleep(500);
    feeding = false;
    await feed;
    await pipeline.publish(records.slice(fed));
    await expect.poll(() => pipeline.publishedEvents(), within).toBe(records.length);
    await expect.poll(() => pipeline.flaws(), within).toEqual([]);
    expect(await pipeline.count('claim_events')).toBe(records.length);
    expect(first.isRunning).toBe(true);
  }, 180_000);
});
