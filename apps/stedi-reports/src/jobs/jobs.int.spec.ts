import { randomUUID } from 'node:crypto';
import type { RunningService } from '@claimwire/service-host';
import { StediReportServer, stediThinEvent, stediTransactionEvent } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explainFailures, report, ReportsBench } from '../../test/reports-bench.js';

const CONCURRENCY = 4;
const REQUESTS_PER_SECOND = 30;
const within = { timeout: 30_000, interval: 20 };
let bench: ReportsBench;
let service: RunningService;
let server: StediReportServer;

explainFailures(() => bench);

/** Two replicas: the limits and the fairness hold over both. */
beforeAll(async () => {
  bench = await ReportsBench.start({
    CONNECTION_CONCURRENCY: String(CONCURRENCY),
    CONNECTION_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND),
    RETRY_MAX_AGE_MS: '30000',
  });
  [service] = await Promise.all([bench.startService(), bench.startService()]);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  server = await StediReportServer.start({ apiKey: 'right' });
});
afterEach(() => server.stop());

const settings = (apiKey = 'right') => ({ reports: { baseUrl: server.url, coreBaseUrl: server.url, apiKey } });

/**
 * Transactions whose report is there.
 * @param mark stands in each of their ids; has letters beyond f, or a random id of others would hold it now and then
 */
function transactions(count: number, mark: string): string[] {
  const ids = Array.from({ length: count }, () => `${mark}-${randomUUID()}`);
  for (const id of ids) server.put(id, { kind: '277', report: report(`PCN-${id.slice(-6)}`) });
  return ids;
}

const announceAll = (connection: string, ids: readonly string[]) =>
  Promise.all(ids.map((transactionId) => bench.announce(connection, stediTransactionEvent({ transactionId }))));
const published = (ids: readonly string[]): number => ids.filter((id) => bench.claimsOf(id).length > 0).length;
const requestsOf = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + server.count(id), 0);

async function stateOf(connection: string) {
  const { rows } = await bench.pool.query<{ paused: boolean; reason: string | null; waiting: number }>(
    `select paused_at is not null as paused, pause_reason as reason,
       (select count(*)::int from stedi_jobs where connection_id = $1 and state = 'waiting') as waiting
     from stedi_report_connections where connection_id = $1`,
    [connection],
  );
  return rows[0];
}
async function audited(connection: string): Promise<string[]> {
  const { rows } = await bench.pool.query<{ action: string }>(
    `select action from audit_log where target = $1 and tenant_id = 'acme' and actor = 'stedi-reports' order by id`,
    [connection],
  );
  return rows.map(({ action }) => action);
}

describe('a connection whose API key is refused', () => {
  it.each([401, 403])('pauses with one audit row after a %i, and delays no other connection', async (status) => {
    const bad = transactions(40, 'rejected');
    const good = transactions(10, 'good');
    server.fail({ status, times: 1_000, path: 'rejected-' });
    const [refused, fine] = [await bench.connect(settings()), await bench.connect(settings())];
    await announceAll(refused, bad);
    await announceAll(fine, good);
    await expect.poll(() => published(good), within).toBe(good.length);
    await expect
      .poll(() => stateOf(refused), within)
      .toEqual({
        paused: true,
        reason: 'report_forbidden',
        waiting: bad.length,
      });
    // What was under way when the first was refused, and nothing after.
    const asked = requestsOf(bad);
    expect(asked).toBeLessThanOrEqual(2 * CONCURRENCY);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(requestsOf(bad)).toBe(asked);
    expect(await audited(refused)).toEqual(['connection.reports_paused']);
    const metrics = async () => (await fetch(`${service.managementUrl}/metrics`)).text();
    await expect.poll(metrics, within).toMatch(/claimwire_stedi_reports_paused_connections [1-9]/);
  });

  it('goes on with all its jobs as soon as it is changed, in whichever replica', async () => {
    const ids = transactions(12, 'rotated');
    const connection = await bench.connect(settings('wrong'));
    await announceAll(connection, ids);
    await expect.poll(async () => (await stateOf(connection))?.paused, within).toBe(true);
    await bench.change(connection, settings('right'));
    await expect.poll(() => published(ids), within).toBe(ids.length);
    await expect.poll(() => stateOf(connection), within).toEqual({ paused: false, reason: null, waiting: 0 });
    expect(await audited(connection)).toEqual(['connection.reports_paused', 'connection.reports_resumed']);
  });

  it('is not paused by the refusal of a key that was replaced meanwhile', async () => {
    const ids = transactions(1, 'crossed');
    server.setDelay(400, 'crossed');
    const connection = await bench.connect(settings('wrong'));
    await announceAll(connection, ids);
    await expect.poll(() => requestsOf(ids), within).toBe(1);
    await bench.change(connection, settings('right'));
    await expect.poll(() => published(ids), within).toBe(1);
    expect(await audited(connection)).toEqual([]);
  });
});

describe('a transaction that two connections of a tenant announce', () => {
  /** Nobody begins before both webhooks are known, however slow this machine is. */
  const announcedByBoth = async (ids: readonly string[], first: string, second: string) => {
    await bench.pool.query(
      `insert into stedi_report_connections (connection_id, tenant_id, ready_at) values ($1, 'acme', now() + interval '1 hour')`,
      [first],
    );
    const webhooks = await announceAll(first, ids);
    for (const id of ids) await expect.poll(() => bench.job(id), within).toMatchObject({ connection_id: first });
    webhooks.push(...(await announceAll(second, ids)));
    const alternates = [expect.objectContaining({ connection: second })];
    for (const id of ids) await expect.poll(() => bench.job(id), within).toMatchObject({ alternates });
    return webhooks;
  };
  const release = (connection: string) =>
    bench.pool.query('update stedi_report_connections set ready_at = now() where connection_id = $1', [connection]);
  const ownersOf = async (ids: readonly string[]) => {
    const owners = await Promise.all(ids.map(async (id) => (await bench.job(id))?.connection_id));
    return [...new Set(owners)];
  };

  it('goes to the second where the first is paused already', async () => {
    const ids = transactions(3, 'stuck');
    const [bad, good] = [await bench.connect(settings('wrong')), await bench.connect(settings())];
    await announceAll(bad, transactions(1, 'trigger'));
    await expect.poll(async () => (await stateOf(bad))?.paused, within).toBe(true);
    await announceAll(bad, ids);
    for (const id of ids) await expect.poll(() => bench.job(id), within).toMatchObject({ connection_id: bad });
    await announceAll(good, ids);
    await expect.poll(() => published(ids), within).toBe(ids.length);
    expect(await ownersOf(ids)).toEqual([good]);
  });

  it('goes to the second where the first is paused later, and is published once', async () => {
    const ids = transactions(6, 'later');
    const [bad, good] = [await bench.connect(settings('wrong')), await bench.connect(settings())];
    await announcedByBoth(ids, bad, good);
    await release(bad);
    await expect.poll(() => published(ids), within).toBe(ids.length);
    for (const id of ids) await expect.poll(async () => (await bench.job(id))?.state, within).toBe('done');
    expect(await ownersOf(ids)).toEqual([good]);
    expect(ids.flatMap((id) => bench.claimsOf(id))).toHaveLength(ids.length);
  });

  it('goes to the second where the first gives up or is deleted, and ends in quarantine once none is left', async () => {
    const [refused, orphan, hopeless] = [
      transactions(1, 'refused'),
      transactions(1, 'orphan'),
      transactions(1, 'hopeless'),
    ].flat() as [string, string, string];
    server.fail({ status: 400, path: refused });
    server.fail({ status: 400, path: hopeless, times: 2 });
    const [first, second] = [await bench.connect(settings()), await bench.connect(settings())];
    const deleted = await bench.connect(settings('wrong'));
    const webhooks = await announcedByBoth([refused, hopeless], first, second);
    await announcedByBoth([orphan], deleted, second);
    await bench.pool.query('delete from connections where id = $1', [deleted]);
    for (const connection of [first, deleted]) await release(connection);
    await expect.poll(() => published([refused, orphan]), within).toBe(2);
    await expect.poll(() => webhooks.flatMap((id) => bench.quarantined(id)).length, within).toBe(1);
    expect(server.count(hopeless)).toBe(2);
    expect(await ownersOf([refused, orphan, hopeless])).toEqual([second]);
  });
});

describe('connections beside each other', () => {
  it('one with answers of three seconds holds up no other', async () => {
    const slow = transactions(12, 'slow');
    const quick = transactions(15, 'quick');
    server.setDelay(3_000, 'slow-');
    const [first, second] = [await bench.connect(settings()), await bench.connect(settings())];
    await announceAll(first, slow);
    await expect.poll(() => requestsOf(slow), within).toBeGreaterThan(0);
    await announceAll(second, quick);
    await expect.poll(() => published(quick), within).toBe(quick.length);
    expect(published(slow)).toBeLessThan(slow.length);
    await expect.poll(() => published(slow), within).toBe(slow.length);
  });

  it('one with a long backlog leaves the next its turn', async () => {
    const backlog = transactions(150, 'backlog');
    const few = transactions(3, 'few');
    const [first, second] = [await bench.connect(settings()), await bench.connect(settings())];
    await announceAll(first, backlog);
    await announceAll(second, few);
    await expect.poll(() => published(few), within).toBe(few.length);
    expect(published(backlog)).toBeLessThan(backlog.length);
    await expect.poll(() => published(backlog), within).toBe(backlog.length);
  });

  it('a storm of 429 slows its connection down, loses nothing, and touches no other', async () => {
    const stormed = transactions(20, 'storm');
    const calm = transactions(10, 'calm');
    server.fail({ status: 429, times: 40, path: 'storm-' });
    const [first, second] = [await bench.connect(settings()), await bench.connect(settings())];
    const ids = await announceAll(first, stormed);
    await announceAll(second, calm);
    await expect.poll(() => published(calm), within).toBe(calm.length);
    await expect.poll(() => published(stormed), within).toBe(stormed.length);
    expect(ids.flatMap((id) => bench.quarantined(id))).toEqual([]);
    expect(requestsOf(stormed)).toBe(stormed.length + 40);
  });

  const announceThin = (connection: string, ids: readonly string[]) =>
    Promise.all(
      ids.map((transactionId) => bench.announce(connection, stediThinEvent({ transactionId, transactionSet: '277' }))),
    );

  it('keeps to the rate of a connection over all replicas, thin events counted twice', async () => {
    const ids = transactions(60, 'limited');
    const connection = await bench.connect(settings());
    const started = performance.now();
    await announceThin(connection, ids);
    await expect.poll(() => published(ids), within).toBe(ids.length);
    // What a stalled process started late can come together with what follows.
    expect(server.peakPerSecond).toBeLessThanOrEqual(REQUESTS_PER_SECOND + 2 * CONCURRENCY);
    expect((performance.now() - started) / 1_000).toBeGreaterThan((2 * ids.length) / REQUESTS_PER_SECOND - 1);
    expect(requestsOf(ids)).toBe(2 * ids.length);
  });

  it('keeps to the concurrency of a connection over all replicas', async () => {
    const ids = transactions(20, 'crowded');
    // So slow that the rate alone would let through more at once.
    server.setDelay((CONCURRENCY * 2_000) / REQUESTS_PER_SECOND);
    const connection = await bench.connect(settings());
    await announceThin(connection, ids);
    await expect.poll(() => published(ids), within).toBe(ids.length);
    expect(server.peakConcurrency).toBeGreaterThan(1);
    expect(server.peakConcurrency).toBeLessThanOrEqual(CONCURRENCY);
  });
});

describe('a job', () => {
  it('of a report that is not there yet waits for it', async () => {
    const transactionId = `late-${randomUUID()}`;
    const connection = await bench.connect(settings());
    await announceAll(connection, [transactionId]);
    await expect.poll(() => server.count(transactionId), within).toBeGreaterThan(2);
    expect(await bench.job(transactionId)).toMatchObject({ state: 'waiting', reason: 'report_not_found' });
    server.put(transactionId, { kind: '277', report: report('LATE') });
    await expect.poll(() => published([transactionId]), within).toBe(1);
    await expect.poll(() => bench.job(transactionId), within).toMatchObject({ state: 'done', leased_until: null });
  });

  it('that ended in quarantine begins again when its webhook comes again, from there or from Stedi', async () => {
    const [transactionId] = transactions(1, 'again') as [string];
    server.fail({ status: 400, path: transactionId });
    const connection = await bench.connect(settings());
    const [id] = (await announceAll(connection, [transactionId])) as [string];
    await expect.poll(() => bench.quarantined(id).length, within).toBe(1);
    await expect.poll(async () => (await bench.job(transactionId))?.state, within).toBe('quarantined');
    await announceAll(connection, [transactionId]);
    await expect.poll(() => published([transactionId]), within).toBe(1);
  });

  it('of a connection that is deleted while it is paused ends in quarantine', async () => {
    const ids = transactions(2, 'orphan');
    const connection = await bench.connect(settings('wrong'));
    const announced = await announceAll(connection, ids);
    await expect.poll(async () => (await stateOf(connection))?.paused, within).toBe(true);
    await bench.pool.query('delete from connections where id = $1', [connection]);
    await expect.poll(() => announced.flatMap((id) => bench.quarantined(id)).length, within).toBe(2);
  });

  it('that was settled long ago is forgotten, others are not', async () => {
    const [old, fresh, waiting] = transactions(3, 'purge') as [string, string, string];
    const connection = await bench.connect(settings());
    await announceAll(connection, [old, fresh]);
    await expect.poll(() => published([old, fresh]), within).toBe(2);
    await expect.poll(async () => (await bench.job(old))?.state, within).toBe('done');
    server.fail({ status: 503, times: 1_000, path: waiting });
    await announceAll(connection, [waiting]);
    await expect.poll(() => server.count(waiting), within).toBe(1);
    await bench.pool.query(
      `update stedi_jobs set settled_at = settled_at - interval '31 days', created_at = now() - interval '31 days'
       where transaction_id = any($1)`,
      [[old, waiting]],
    );
    // Purging is done at the start.
    await (await bench.startService()).stop();
    expect(await bench.job(old)).toBeUndefined();
    expect(await bench.job(fresh)).toBeDefined();
    expect(await bench.job(waiting)).toBeDefined();
  });
});
