import { runMigrations } from '@claimwire/postgres/schema';
import { SmallDiskPostgres } from '@claimwire/testkit';
import { cairEvents, Pipeline, rawCair, shuffled } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const within = { timeout: 90_000, interval: 200 };
/** PostgreSQL's disk_full. */
const DISK_FULL = '53100';
const postgres = await SmallDiskPostgres.start();
let pipeline: Pipeline;

describe.skipIf(!postgres)('a full disk of the database', () => {
  beforeAll(async () => {
    const url = postgres?.url ?? '';
    await runMigrations(url);
    pipeline = await Pipeline.create({ url, drop: async () => undefined });
  }, 90_000);
  afterAll(async () => {
    await pipeline?.close();
    await postgres?.stop();
  });

  it('delays every event, loses none, and restarts nobody', async () => {
    const records = shuffled(cairEvents(20, 40), 9).map(rawCair);
    const normalizer = pipeline.startNormalizer({ BATCH_MAX_EVENTS: '10' });
    await pipeline.publish(records.slice(0, 300));
    await expect.poll(() => pipeline.publishedEvents(), within).toBeGreaterThan(20);
    await postgres?.fill();
    await pipeline.publish(records.slice(300));
    await expect.poll(() => normalizer.output, within).toContain(DISK_FULL);
    postgres?.makeRoom();
    await expect.poll(() => pipeline.publishedEvents(), within).toBe(records.length);
    await expect.poll(() => pipeline.flaws(), within).toEqual([]);
    expect(await pipeline.count('claim_events')).toBe(records.length);
    expect(normalizer.isRunning).toBe(true);
  }, 240_000);
});
