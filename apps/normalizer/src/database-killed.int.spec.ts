import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMigrations } from '@claimwire/postgres/schema';
import {
  freePort,
  Guard,
  startLocalPostgres,
  type LocalPostgresOptions,
  type RunningPostgres,
} from '@claimwire/testkit';
import { cairEvents, Pipeline, rawCair, shuffled } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const within = { timeout: 90_000, interval: 200 };
let folder: string;
let guard: Guard;
let options: LocalPostgresOptions;
let postgres: RunningPostgres;
let pipeline: Pipeline;

const start = () => startLocalPostgres(options, { onSpawn: (pid) => guard.watch(pid) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimwire-killed-'));
  await chmod(folder, 0o755);
  guard = new Guard(folder);
  const port = await freePort();
  const files = { folder: join(folder, 'postgres'), logFile: join(folder, 'postgres.log') };
  options = { ...files, port, password: 'test', database: 'claimwire_test', durable: false };
  postgres = await start();
  await runMigrations(postgres.url);
  pipeline = await Pipeline.create({ url: postgres.url, drop: async () => undefined });
});

afterAll(async () => {
  await pipeline?.close();
  await postgres?.stop();
  guard?.release();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('a database that is killed in the middle of the work and comes back', () => {
  it('delays every event, loses none, and restarts nobody', async () => {
    const records = shuffled(cairEvents(20, 40), 9).map(rawCair);
    const normalizer = pipeline.startNormalizer({ BATCH_MAX_EVENTS: '10' });
    await pipeline.publish(records.slice(0, 300));
    await expect.poll(() => pipeline.publishedEvents(), within).toBeGreaterThan(20);
    process.kill(postgres.pid!, 'SIGKILL');
    await postgres.ended;
    await pipeline.publish(records.slice(300));
    // The killed server's children hold its memory until they notice.
    await vi.waitFor(async () => (postgres = await start()), within);
    await expect.poll(() => pipeline.publishedEvents(), within).toBe(records.length);
    await expect.poll(() => pipeline.flaws(), within).toEqual([]);
    expect(await pipeline.count('claim_events')).toBe(records.length);
    expect(normalizer.isRunning).toBe(true);
  }, 240_000);
});
