import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClaimState } from '@claimwire/contracts';
import { createPool, type Pool } from '@claimwire/postgres';
import { runMigrations } from '@claimwire/postgres/schema';
import {
  freePort,
  Guard,
  isRoot,
  restoreBaseBackup,
  startLocalPostgres,
  takeBaseBackup,
  type LocalPostgresOptions,
  type RunningPostgres,
} from '@claimwire/testkit';
import { cairEvents, Pipeline, rawCair, shuffled } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClaimwire, type Ran } from '../../test/run-claimwire.js';
import { EXIT } from '../exit-codes.js';

const within = { timeout: 60_000, interval: 200 };
const CLAIMS = 8;
const EVENTS = CLAIMS * 6;
let folder: string;
let guard: Guard;
let options: LocalPostgresOptions;
let postgres: RunningPostgres;
let pipeline: Pipeline;

const start = () => startLocalPostgres(options, { onSpawn: (pid) => guard.watch(pid) });
const inFolder = (name: string) => join(folder, 'postgres', name);

/** On a connection of its own: the pipeline's would be cut with every stop of the server. */
async function ask<T extends object>(sql: string): Promise<T[]> {
  const pool: Pool = createPool(postgres.url, 1);
  return pool
    .query<T>(sql)
    .then(({ rows }) => rows)
    .finally(() => pool.end());
}

const stored = async () => (await ask<{ n: number }>('select count(*)::int as n from claim_events'))[0]!.n;

/** The states, but for when each event came: a claim stored again has come again. */
async function states(): Promise<object[]> {
  const rows = await ask<{ state: ClaimState }>('select state from claims order by claim_key');
  return rows.map(({ state }) => ({ ...state, firstReceivedAt: undefined, lastReceivedAt: undefined }));
}

const claimwire = (...args: string[]): Promise<Ran> => runClaimwire(pipeline.env, [...args, '--json']);

/** Sends what is given, and stops when it is stored. */
async function normalise(events: ReturnType<typeof cairEvents>, total: number): Promise<void> {
  const normalizer = pipeline.startNormalizer();
  await pipeline.publish(events.map(rawCair));
  await expect.poll(stored, within).toBe(total);
  await normalizer.stop();
}

beforeAll(async () => {
  folder = await mkdtemp(join(isRoot() ? '/var/tmp' : tmpdir(), 'claimwire-restore-'));
  await chmod(folder, 0o755);
  guard = new Guard(folder);
  const port = await freePort();
  const files = { folder: inFolder(''), logFile: join(folder, 'postgres.log') };
  options = { ...files, port, password: 'test', database: 'claimwire_test', durable: false };
  postgres = await start();
  // As docs/recipes/backup-and-restore.md says.
  await ask(`alter system set archive_mode = on`);
  await ask(`alter system set archive_command = 'mkdir -p ${inFolder('archive')} && cp %p ${inFolder('archive')}/%f'`);
  await postgres.stop();
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

describe('a database recovered to a point in time', () => {
  it('is noticed, goes on as documented, and ends as if nothing had been lost', async () => {
    const events = shuffled(cairEvents(CLAIMS, EVENTS / CLAIMS), 3);
    await normalise(events.slice(0, 16), 16);
    await mkdir(join(folder, 'backups'));
    await takeBaseBackup(postgres.url, options, join(folder, 'backups/base'));
    await normalise(events.slice(16, 32), 32);
    await ask(`select pg_create_restore_point('last_good')`);
    await normalise(events.slice(32), EVENTS);
    const straight = await states();
    // what the archive lacks is lost with the server
    await ask('select pg_switch_wal()');
    await expect
      .poll(async () => ask<{ last_failed_wal: string | null }>('select last_failed_wal from pg_stat_archiver'), within)
      .toEqual([{ last_failed_wal: null }]);
    await postgres.stop();

    const archive = inFolder('archive');
    await restoreBaseBackup(options, join(folder, 'backups/base'), { archive, restorePoint: 'last_good' });
    postgres = await start();
    await expect.poll(() => ask('select pg_is_in_recovery() as recovering'), within).toEqual([{ recovering: false }]);
    expect(await stored()).toBe(32);

    const refusing = pipeline.startNormalizer();
    expect(await refusing.ended()).toBe(1);
    expect(refusing.output).toMatch(/older backup.*docs\/recipes\/recover\.md/);
    // The group counts the process that ended as a member until its session is over.
    const accepted = async () => (await claimwire('lanes', '--accept', '--from', 'stored')).code;
    await expect.poll(accepted, { ...within, interval: 500 }).toBe(EXIT.ok);
    await normalise([], EVENTS);
    expect(await states()).toEqual(straight);
    const { code, result } = await claimwire('rebuild', '--verify', '--from-raw');
    expect(result).toMatchObject({ claims: { same: CLAIMS } });
    expect(code).toBe(EXIT.ok);
  }, 240_000);
});
