import { randomUUID } from 'node:crypto';
import { rawEventId } from '@claimwire/contracts';
import type { RunningService } from '@claimwire/service-host';
import { StediReportServer, type TransactionRecord, stediTransactionEvent } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, explainFailures, report, ReportsBench, text } from '../../test/reports-bench.js';

const within = { timeout: 20_000, interval: 20 };
let bench: ReportsBench;
let services: RunningService[];
let server: StediReportServer;

explainFailures(() => bench);
beforeAll(async () => {
  bench = await ReportsBench.start({
    BACKFILL_INTERVAL_MS: '300',
    BACKFILL_LAG_MS: '400',
    NOT_FOUND_MAX_AGE_MS: '60000',
  });
  services = await Promise.all([bench.startService(), bench.startService()]);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  server = await StediReportServer.start({ apiKey: 'key' });
});
afterEach(async () => {
  await bench.pool.query('delete from connections');
  await server.stop();
});

const connect = (more: object = {}) =>
  bench.connect({ reports: { baseUrl: server.url, coreBaseUrl: server.url, apiKey: 'key' }, ...more });
const polls = () => server.count('/polling/');

/** From now on Stedi lists the transaction, as processed just now, and has its report. */
function listAs(id: string, more: Partial<TransactionRecord> = {}): string {
  const transaction = { processedAt: new Date().toISOString(), ...more };
  server.put(id, { kind: '277', report: report(`PCN-${id.slice(-6)}`), transaction });
  return id;
}
const processed = (more: Partial<TransactionRecord> = {}): string => listAs(randomUUID(), more);
const published = (ids: readonly string[]): number => ids.filter((id) => bench.claimsOf(id).length > 0).length;

/** What the API shows of polling. */
async function standingOf(connection: string): Promise<unknown> {
  const { rows } = await bench.pool.query(
    `select missed, missed_at is not null as found, polled_at is not null as answered, poll_failure
     from stedi_report_connections where connection_id = $1`,
    [connection],
  );
  return rows[0];
}

/** A counter, summed over the replicas. */
async function total(metric: string): Promise<number> {
  const texts = await Promise.all(
    services.map(async ({ managementUrl }) => (await fetch(`${managementUrl}/metrics`)).text()),
  );
  const values = texts.flatMap((lines) => [
    ...lines.matchAll(new RegExp(`^claimwire_stedi_reports_${metric.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'gm')),
  ]);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

describe('backfill', () => {
  it('finds the transactions whose webhook never came, and counts only those', async () => {
    const before = await total('missed_transactions_total');
    const connection = await connect();
    const ids = Array.from({ length: 3 }, () => randomUUID());
    const [missing, ...announced] = ids as [string, string, string];
    for (const transactionId of announced) await bench.announce(connection, stediTransactionEvent({ transactionId }));
    // However slow this machine is, the webhooks are there before polling lists their transactions.
    for (const id of announced) await expect.poll(() => bench.job(id), within).toMatchObject({ origin: 'webhook' });
    for (const id of ids) listAs(id);
    await expect.poll(() => published(ids), within).toBe(3);
    expect(await total('missed_transactions_total')).toBe(before + 1);
    expect(await bench.job(missing)).toMatchObject({ origin: 'backfill', connection_id: connection });
    expect(await standingOf(connection)).toEqual({ missed: '1', found: true, answered: true, poll_failure: null });
    // Its webhook comes after all: nothing is fetched twice.
    await bench.announce(connection, stediTransactionEvent({ transactionId: missing }));
    const settledPolls = polls() + 3;
    await expect.poll(polls, within).toBeGreaterThan(settledPolls);
    expect(server.count(`/${missing}/`)).toBe(1);
    expect(bench.claimsOf(missing)).toHaveLength(1);
    expect(await total('missed_transactions_total')).toBe(before + 1);
  });

  it('gives a webhook its chance before it counts a transaction as missed', async () => {
    const connection = await connect();
    await expect.poll(polls, within).toBeGreaterThan(0);
    const ahead = processed({ processedAt: new Date(Date.now() + 3_600_000).toISOString() });
    const seen = polls() + 2;
    await expect.poll(polls, within).toBeGreaterThan(seen);
    expect(await bench.job(ahead)).toBeUndefined();
    listAs(ahead);
    await expect.poll(() => published([ahead]), within).toBe(1);
    expect((await bench.job(ahead))?.connection_id).toBe(connection);
  });

  it('leaves alone what is outbound or failed, and what was before the connection', async () => {
    const early = processed({ processedAt: new Date(Date.now() - 60_000).toISOString() });
    await connect();
    const others = [early, processed({ direction: 'OUTBOUND' }), processed({ status: 'failed' })];
    const wanted = processed();
    await expect.poll(() => published([wanted]), within).toBe(1);
    for (const id of others) expect(await bench.job(id)).toBeUndefined();
  });

  it('finds what was processed in the very millisecond from which it looks', async () => {
    const connection = await connect();
    const { rows } = await bench.pool.query<{ at: Date }>('select created_at as at from connections where id = $1', [
      connection,
    ]);
    const transactionId = processed({ processedAt: rows[0]!.at.toISOString() });
    await expect.poll(() => published([transactionId]), within).toBe(1);
  });

  it('polls the others while a server is silent and while PostgreSQL fails under a sweep', async () => {
    const silent = await StediReportServer.start({ apiKey: 'key' });
    silent.setDelay(60_000);
    const reports = { baseUrl: silent.url, coreBaseUrl: silent.url, apiKey: 'key' };
    await Promise.all([1, 2, 3].map(() => bench.connect({ reports })));
    await expect.poll(() => silent.count('/polling/'), within).toBeGreaterThan(2);
    await bench.pool.query(
      `create function fail() returns trigger language plpgsql as 'begin raise deadlock_detected; end'`,
    );
    await bench.pool.query('create trigger fail before insert on stedi_jobs execute function fail()');
    await connect();
    const transactionId = processed();
    await expect.poll(() => total(`polls_total{outcome="failed"}`), within).toBeGreaterThan(1);
    await bench.pool.query('drop function fail cascade');
    await expect.poll(() => published([transactionId]), within).toBe(1);
    await silent.stop();
  });

  it('walks all pages, and goes on after a page that failed', async () => {
    server.setPageSize(2);
    server.setDelay(60, '/polling/');
    await connect();
    const ids = Array.from({ length: 9 }, () => processed());
    await expect.poll(polls, within).toBeGreaterThan(1);
    server.fail({ status: 503, times: 2, path: '/polling/' });
    await expect
      .poll(async () => (await Promise.all(ids.map((id) => bench.job(id)))).filter(Boolean).length, within)
      .toBe(9);
    await expect.poll(() => published(ids), within).toBe(9);
    expect(ids.map((id) => server.count(`/${id}/`))).toEqual(ids.map(() => 1));
  });

  it('lets other connections have their turn in the middle of a long list, and then goes on', async () => {
    await connect();
    server.setPageSize(1);
    const before = await total('polls_total{outcome="interrupted"}');
    // At the same instant, so that a sweep finds all of them or none.
    const processedAt = new Date().toISOString();
    const ids = Array.from({ length: 25 }, () => processed({ processedAt }));
    await expect.poll(() => published(ids), within).toBe(ids.length);
    expect(await total('polls_total{outcome="interrupted"}')).toBeGreaterThan(before);
    expect(ids.map((id) => server.count(`/${id}/`))).toEqual(ids.map(() => 1));
  });

  it('never has two replicas poll a connection', async () => {
    server.setDelay(150);
    await connect();
    await expect.poll(polls, within).toBeGreaterThan(6);
    expect(server.peakConcurrency).toBe(1);
  });

  it('asks nobody where the connection names no core address', async () => {
    await bench.connect({ reports: { baseUrl: server.url, apiKey: 'key' } });
    await connect();
    await expect.poll(polls, within).toBeGreaterThan(4);
    const haveCursor = async () => {
      const { rows } = await bench.pool.query<{ from: boolean }>(
        `select poll_from is not null as from from stedi_report_connections join connections c on c.id = connection_id`,
      );
      return rows.map(({ from }) => from).toSorted();
    };
    // Taken up to be looked at, it has one for a moment.
    await expect.poll(haveCursor, within).toEqual([false, true]);
  });

  it('refused to poll, still fetches what webhooks announce', async () => {
    server.fail({ status: 403, times: 1_000, path: '/polling/' });
    const connection = await connect();
    await expect.poll(polls, within).toBeGreaterThan(1);
    const refused = { missed: '0', found: false, answered: false, poll_failure: 'report_forbidden' };
    await expect.poll(() => standingOf(connection), within).toEqual(refused);
    const transactionId = processed();
    await bench.announce(connection, stediTransactionEvent({ transactionId }));
    await expect.poll(() => published([transactionId]), within).toBe(1);
  });

  it('quarantines what it found and could not fetch as the webhook that should have come', async () => {
    const connection = await connect({ expectedAccounts: ['account-1'] });
    const transactionId = processed();
    server.fail({ status: 400, path: `/${transactionId}/` });
    const id = rawEventId('acme', 'stedi', transactionId);
    await expect.poll(() => bench.quarantined(id).length, within).toBe(1);
    const [message] = bench.quarantined(id) as [ReturnType<typeof bench.quarantined>[0]];
    expect(bodyOf(message)).toMatchObject({
      event: { 'detail-type': 'transaction.processed.v2', account: 'account-1', detail: { transactionId } },
    });
    expect(text(message, 'claimwire-reason')).toBe('report_request_invalid');
    await expect.poll(async () => (await bench.job(transactionId))?.state, within).toBe('quarantined');
    // A retry puts it on the raw topic: from there it is fetched like any other.
    await bench.announce(connection, bodyOf(message));
    await expect.poll(() => published([transactionId]), within).toBe(1);
  });
});
