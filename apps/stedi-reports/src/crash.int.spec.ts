import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { StediReportServer, stediTransactionEvent } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explainFailures, report, ReportsBench, text } from '../test/reports-bench.js';

/** The killed member holds its partitions until the session times out, and its jobs until their lease ends. */
const within = { timeout: 40_000, interval: 50 };
let bench: ReportsBench;
let server: StediReportServer;
let running: ChildProcess | null = null;

function start(fault = '', more: Record<string, string> = {}): ChildProcess {
  running = spawn(process.execPath, ['apps/stedi-reports/dist/main.js'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...bench.env(), ...more, CLAIMWIRE_TEST_FAULT: fault },
  });
  for (const stream of [running.stdout, running.stderr]) {
    stream?.setEncoding('utf8').on('data', (lines: string) => void bench.logLines.push(...lines.split('\n')));
  }
  return running;
}

async function killedAt(fault: string, more: Record<string, string> = {}): Promise<void> {
  const [, signal] = (await once(start(fault, more), 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

explainFailures(() => bench);
beforeAll(async () => {
  bench = await ReportsBench.start({ FETCH_TIMEOUT_MS: '500', JOB_LEASE_MS: '6000' });
  server = await StediReportServer.start({ apiKey: 'key' });
});

afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
  }
});

afterAll(async () => {
  await bench.stop();
  await server.stop();
});

const connect = () => bench.connect({ reports: { baseUrl: server.url, coreBaseUrl: server.url, apiKey: 'key' } });

function transaction(processedAt = '2025-05-06T19:35:07.912Z'): string {
  const id = randomUUID();
  const claims = ['A', 'B', 'C'].map((letter) => `PCN-${letter}-${id.slice(-6)}`);
  server.put(id, { kind: '277', report: report(...claims), transaction: { processedAt } });
  return id;
}

async function cursorOf(connection: string) {
  const { rows } = await bench.pool.query<{ token: string | null; at: string | null }>(
    'select poll_page_token as token, poll_from::text as at from stedi_report_connections where connection_id = $1',
    [connection],
  );
  return rows[0];
}

const idsOf = (transactionId: string) => bench.claimsOf(transactionId).map((message) => text(message, 'ce_id'));

describe('a process killed', () => {
  it('between publishing and noting it is followed by one that publishes again, with the same ids', async () => {
    const transactionId = transaction();
    await bench.announce(await connect(), stediTransactionEvent({ transactionId }));
    await killedAt('stedi-reports.after-publish');
    await expect.poll(() => idsOf(transactionId).length, within).toBe(3);
    expect(await bench.job(transactionId)).toMatchObject({ state: 'waiting', attempts: 1 });

    start();
    await expect.poll(async () => (await bench.job(transactionId))?.state, within).toBe('done');
    await expect.poll(() => idsOf(transactionId).length, within).toBe(6);
    expect(idsOf(transactionId).slice(3).toSorted()).toEqual(idsOf(transactionId).slice(0, 3).toSorted());
    expect(new Set(idsOf(transactionId)).size).toBe(3);
    expect(await bench.job(transactionId)).toMatchObject({ attempts: 2, leased_until: null });
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('%s the commit of jobs and offset leaves both or neither, and nothing is lost', async (when, committed) => {
    const transactionId = transaction();
    const connection = await connect();
    await bench.announce(connection, stediTransactionEvent({ transactionId }));
    await killedAt(`stedi-reports.${when}-commit`);
    const job = await bench.job(transactionId);
    expect(job !== undefined).toBe(committed);

    start();
    await expect.poll(() => idsOf(transactionId).length, within).toBe(3);
    await expect.poll(async () => (await bench.job(transactionId))?.state, within).toBe('done');
  });

  it('between finding missed transactions and saving the cursor finds them again', async () => {
    const polling = { BACKFILL_INTERVAL_MS: '300', BACKFILL_LAG_MS: '100' };
    server.setPageSize(2);
    const connection = await connect();
    const ids = Array.from({ length: 5 }, () => transaction(new Date().toISOString()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await killedAt('stedi-reports.before-cursor', polling);
    const { token, at } = (await cursorOf(connection))!;
    expect(token).toBeNull();
    for (const id of ids) expect(await bench.job(id)).toBeUndefined();
    // Nobody else takes it up before the lease of the one that died ends; the test does not wait a minute for that.
    await bench.pool.query('update stedi_report_connections set poll_due_at = now()');

    start('', polling);
    await expect.poll(() => ids.filter((id) => idsOf(id).length === 3).length, within).toBe(ids.length);
    for (const id of ids) expect(await bench.job(id)).toMatchObject({ origin: 'backfill' });
    // Behind the work, the cursor moved on.
    await expect.poll(async () => (await cursorOf(connection))?.at !== at, within).toBe(true);
  });

  it('in the middle of many pages is followed by one that goes on behind the last page that was kept', async () => {
    await bench.pool.query('delete from connections');
    // A page must not time out on a busy machine: the next poll would come after a minute.
    const patient = { FETCH_TIMEOUT_MS: '2500', JOB_LEASE_MS: '10000' };
    const polling = { BACKFILL_INTERVAL_MS: '60000', BACKFILL_LAG_MS: '100', ...patient };
    const before = server.count('/polling/');
    server.setPageSize(2);
    server.setDelay(400, '/polling/');
    const connection = await connect();
    const ids = Array.from({ length: 9 }, () => transaction(new Date().toISOString()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const killed = start('', polling);
    await expect.poll(async () => (await cursorOf(connection))?.token ?? null, within).not.toBeNull();
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await cursorOf(connection))?.token).not.toBeNull();
    await bench.pool.query('update stedi_report_connections set poll_due_at = now()');

    start('', polling);
    await expect.poll(() => ids.filter((id) => idsOf(id).length >= 3).length, within).toBe(ids.length);
    await expect.poll(async () => (await cursorOf(connection))?.token, within).toBeNull();
    // Five pages, the empty one behind them, and the one that was asked for when the process died.
    expect(server.count('/polling/') - before).toBeLessThanOrEqual(7);
  });
});
