import { randomBytes, randomUUID } from 'node:crypto';
import { rawEventId, rawTopic } from '@claimwire/contracts';
import type { RunningService } from '@claimwire/service-host';
import { StediReportServer, stediFileDelivered, stediThinEvent, stediTransactionEvent } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, RECEIVED, explainFailures, report, ReportsBench, text, TRACEPARENT } from '../test/reports-bench.js';

const API_KEY = `stedi-key-${randomBytes(8).toString('hex')}`;
let bench: ReportsBench;
let server: StediReportServer;
let service: RunningService;

const reporting = (): Promise<string> =>
  bench.connect({ reports: { baseUrl: `${server.url}/`, coreBaseUrl: server.url, apiKey: API_KEY } });
const eventually = <T>(get: () => T[], count: number) => expect.poll(get, { timeout: 20_000 }).toHaveLength(count);
const announce = (connection: string, body: object) => bench.announce(connection, body);
const claimsOf = (transactionId: string) => bench.claimsOf(transactionId);
const quarantined = (id: string) => bench.quarantined(id);

/** Everything announced before is a job, and has been tried. */
async function settledAfter(connection: string): Promise<void> {
  const after = randomUUID();
  server.put(after, { kind: '277', report: report('AFTER') });
  // Enough for one on every partition.
  const events = Array.from({ length: 30 }, () => stediTransactionEvent({ transactionId: after }));
  await Promise.all(events.map((event) => announce(connection, event)));
  await eventually(() => claimsOf(after), 1);
}

explainFailures(() => bench);
beforeAll(async () => {
  bench = await ReportsBench.start();
  server = await StediReportServer.start({ apiKey: API_KEY });
  service = await bench.startService();
});

afterAll(async () => {
  await bench.stop();
  await server.stop();
});

describe('stedi-reports', () => {
  it('publishes one message per claim of a report, keyed by tenant and control number', async () => {
    const transactionId = randomUUID();
    server.put(transactionId, { kind: '277', report: report('pcn-1', 'PCN-2', 'PCN-3') });
    const connection = await reporting();
    await announce(connection, stediTransactionEvent({ transactionId, processedAt: '2025-05-06T19:35:07.912Z' }));
    await eventually(() => claimsOf(transactionId), 3);
    const first = claimsOf(transactionId).find((message) => bodyOf(message).patientControlNumber === 'PCN-1')!;
    expect(first.key?.toString()).toBe('acme/PCN-1');
    expect(bodyOf(first)).toMatchObject({ kind: '277', processedAt: '2025-05-06T19:35:07.912Z', mode: 'production' });
    const path = (bodyOf(first).path as number[]).join('.');
    expect(Object.fromEntries(Object.keys(first.headers).map((name) => [name, text(first, name)]))).toEqual({
      ce_specversion: '1.0',
      ce_id: rawEventId('acme', 'stedi', `${transactionId}:${path}`),
      ce_source: '/stedi-reports',
      ce_type: 'stedi.report.277',
      ce_time: RECEIVED,
      'content-type': 'application/json',
      'claimwire-tenant': 'acme',
      'claimwire-connection': connection,
      traceparent: TRACEPARENT,
    });
    expect(new Set(claimsOf(transactionId).map((message) => text(message, 'ce_id'))).size).toBe(3);
  });

  it('asks for what a thin event does not say', async () => {
    const transactionId = randomUUID();
    const transaction = { processedAt: '2025-07-01T10:00:00.000Z', mode: 'test' };
    server.put(transactionId, { kind: '277', report: report('THIN'), transaction });
    await announce(await reporting(), stediThinEvent({ transactionId, transactionSet: '277' }));
    await eventually(() => claimsOf(transactionId), 1);
    expect(bodyOf(claimsOf(transactionId)[0]!)).toMatchObject(transaction);
    expect(server.count(`/transactions/${transactionId}`)).toBe(1);
  });

  it('fetches and publishes a transaction once, in whatever forms its webhook comes', async () => {
    const transactionId = randomUUID();
    server.put(transactionId, { kind: '277', report: report('TWICE') });
    const connection = await reporting();
    await announce(connection, stediTransactionEvent({ transactionId }));
    await announce(connection, stediTransactionEvent({ transactionId, wrapped: false }));
    await eventually(() => claimsOf(transactionId), 1);
    await announce(connection, stediThinEvent({ transactionId, transactionSet: '277' }));
    await settledAfter(connection);
    expect(claimsOf(transactionId)).toHaveLength(1);
    expect(server.count(transactionId)).toBe(1);
  });

  it.each([404, 429, 500, 503, 0])('tries again after %s', async (status) => {
    const transactionId = randomUUID();
    server.put(transactionId, { kind: '277', report: report('AGAIN') });
    server.fail({ status, times: 2, path: transactionId });
    await announce(await reporting(), stediTransactionEvent({ transactionId }));
    await eventually(() => claimsOf(transactionId), 1);
    expect(server.count(transactionId)).toBe(3);
  });

  it.each([
    [400, 'report_request_invalid', 1],
    [404, 'report_not_found', 50],
    [503, 'report_unavailable', 50],
  ])(
    'quarantines the webhook after a lasting %s, with the reason and where it came from',
    async (status, reason, times) => {
      const transactionId = randomUUID();
      server.fail({ status, times, path: transactionId });
      const event = stediTransactionEvent({ transactionId });
      const id = await announce(await reporting(), event);
      await eventually(() => quarantined(id), 1);
      const [message] = quarantined(id);
      expect(bodyOf(message!)).toEqual(event);
      expect(text(message!, 'claimwire-reason')).toBe(reason);
      expect(text(message!, 'claimwire-stage')).toBe('stedi-reports');
      expect(text(message!, 'claimwire-source-topic')).toBe(rawTopic('stedi'));
      expect(text(message!, 'claimwire-source-offset')).toMatch(/^\d+$/);
      expect(text(message!, 'claimwire-source-partition')).toMatch(/^\d+$/);
    },
  );

  it('quarantines what is no report, an address that may not be called, and an unknown connection', async () => {
    const transactionId = randomUUID();
    server.put(transactionId, { kind: '277', report: { hello: 'world' } });
    const noReport = await announce(await reporting(), stediTransactionEvent({ transactionId }));
    const metadata = await bench.connect({ reports: { baseUrl: 'http://169.254.169.254/latest', apiKey: API_KEY } });
    const refused = await announce(metadata, stediTransactionEvent());
    const orphan = await announce('con_gone', stediTransactionEvent());
    for (const [id, reason] of [
      [noReport, 'report_unreadable'],
      [refused, 'report_address_refused'],
      [orphan, 'connection_unknown'],
    ] as const) {
      await eventually(() => quarantined(id), 1);
      expect(text(quarantined(id)[0]!, 'claimwire-reason')).toBe(reason);
    }
  });

  it('publishes the claims it can assign and quarantines a report with one that it cannot', async () => {
    const transactionId = randomUUID();
    server.put(transactionId, { kind: '277', report: report('GOOD', '') });
    const id = await announce(await reporting(), stediTransactionEvent({ transactionId }));
    await eventually(() => quarantined(id), 1);
    expect(text(quarantined(id)[0]!, 'claimwire-reason')).toBe('report_claim_without_control_number');
    await eventually(() => claimsOf(transactionId), 1);
  });

  it('asks nothing for files, outbound transactions, other sets and connections without reports', async () => {
    const outbound = randomUUID();
    const claim = randomUUID();
    const plain = randomUUID();
    const connection = await reporting();
    const ids = [
      await announce(connection, stediFileDelivered()),
      await announce(connection, stediTransactionEvent({ transactionId: outbound, direction: 'OUTBOUND' })),
      await announce(connection, stediTransactionEvent({ transactionId: claim, transactionSet: '837' })),
      await announce(await bench.connect({}), stediTransactionEvent({ transactionId: plain })),
    ];
    const after = randomUUID();
    server.put(after, { kind: '277', report: report('AFTER') });
    await announce(connection, stediTransactionEvent({ transactionId: after }));
    await eventually(() => claimsOf(after), 1);
    const metrics = async () => (await fetch(`${service.managementUrl}/metrics`)).text();
    await expect.poll(metrics, { timeout: 10_000 }).toContain('outcome="skipped",reason="reports_not_configured"} 1');
    expect([outbound, claim, plain].map((id) => server.count(id))).toEqual([0, 0, 0]);
    expect(ids.flatMap(quarantined)).toEqual([]);
  });

  it('leaves what it had not settled when it stopped to the next process', async () => {
    const transactionId = randomUUID();
    const id = await announce(await reporting(), stediTransactionEvent({ transactionId }));
    await expect.poll(() => server.count(transactionId), { timeout: 10_000, interval: 10 }).toBeGreaterThan(0);
    await service.stop();
    expect(claimsOf(transactionId)).toEqual([]);
    server.put(transactionId, { kind: '277', report: report('LATER') });
    service = await bench.startService();
    await eventually(() => claimsOf(transactionId), 1);
    expect(quarantined(id)).toEqual([]);
  });

  it('is ready, and kept the API key and the report out of logs and metrics', async () => {
    // The process was started anew: its jobs are done before the group has taken it in.
    const readiness = async () => (await fetch(`${service.managementUrl}/readyz`)).status;
    await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
    expect((await fetch(`${service.managementUrl}/livez`)).status).toBe(200);
    const metrics = await (await fetch(`${service.managementUrl}/metrics`)).text();
    const everything = [...bench.logLines, metrics].join('\n');
    for (const canary of [API_KEY, 'PCN-', 'ANON', server.url]) expect(everything).not.toContain(canary);
    expect(everything).toContain('"outcome":"published"');
  });
});
