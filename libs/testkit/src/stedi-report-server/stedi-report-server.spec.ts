import { explodeReport } from '@claimwire/provider-stedi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAcknowledgmentReport, buildRemittanceReport, StediReportServer } from './index.js';

const CONTEXT = {
  transactionId: 'tx',
  processedAt: '2025-05-06T19:35:07.912Z',
  mode: 'production',
  partnership: null,
  account: null,
};

const acknowledgment = buildAcknowledgmentReport([
  { claims: [{ patientControlNumber: 'a', statuses: [['A1', '20']] }] },
  {
    reporter: 'PR',
    claims: [
      { patientControlNumber: 'b', statuses: [['A7', '21']] },
      { patientControlNumber: 'c', statuses: [['A2', '20']] },
    ],
  },
]);
const remittance = buildRemittanceReport([
  {
    trace: 'EFT-1',
    claims: ['a', 'b', 'c'].map((patientControlNumber) => ({
      patientControlNumber,
      claimStatusCode: '1',
      charge: '100',
      paid: '80',
    })),
  },
]);

describe('the Stedi report server', () => {
  let server: StediReportServer;
  beforeEach(async () => {
    server = await StediReportServer.start({ apiKey: 'key' });
    server.put('tx-277', {
      kind: '277',
      report: acknowledgment,
      transaction: { processedAt: '2025-05-01T00:00:00.000Z' },
    });
    server.put('tx-835', { kind: '835', report: remittance, transaction: { mode: 'test' } });
  });
  afterEach(() => server.stop());

  const get = (path: string, authorization = 'key') => fetch(`${server.url}${path}`, { headers: { authorization } });
  const reportPath = (id: string, kind: string) => `/change/medicalnetwork/reports/v2/${id}/${kind}`;

  it('answers the reports, every claim of them readable', async () => {
    for (const [kind, count] of [
      ['277', 3],
      ['835', 3],
    ] as const) {
      const answer = await get(reportPath(`tx-${kind}`, kind));
      expect(answer.status).toBe(200);
      const { parts, unreadable } = explodeReport(kind, await answer.json(), CONTEXT);
      expect([parts.length, unreadable]).toEqual([count, 0]);
    }
  });

  it('answers the transaction', async () => {
    expect(await (await get('/transactions/tx-835')).json()).toMatchObject({
      transactionId: 'tx-835',
      direction: 'INBOUND',
      mode: 'test',
      x12: { metadata: { transaction: { transactionSetIdentifier: '835' } } },
    });
  });

  it('refuses a wrong key, an unknown transaction and the other kind of report', async () => {
    expect((await get(reportPath('tx-277', '277'), 'other')).status).toBe(403);
    expect((await get(reportPath('tx-999', '277'))).status).toBe(404);
    expect((await get(reportPath('tx-277', '835'))).status).toBe(404);
  });

  it('fails as often as it is told, counts, and cuts connections', async () => {
    server.fail({ status: 429, times: 2, path: '277' });
    const statuses = [];
    for (let request = 0; request < 3; request += 1) statuses.push((await get(reportPath('tx-277', '277'))).status);
    expect(statuses).toEqual([429, 429, 200]);
    expect(server.count('tx-277')).toBe(3);
    server.fail({ status: 0 });
    await expect(get(reportPath('tx-277', '277'))).rejects.toThrow();
  });

  it('delays its answers', async () => {
    server.setDelay(50);
    const start = performance.now();
    await get('/transactions/tx-277');
    expect(performance.now() - start).toBeGreaterThan(45);
  });

  it('delays the answers to some paths only', async () => {
    server.setDelay(200, 'tx-835');
    const start = performance.now();
    await get('/transactions/tx-277');
    expect(performance.now() - start).toBeLessThan(190);
    await get('/transactions/tx-835');
    expect(performance.now() - start).toBeGreaterThan(195);
  });

  it('takes another key from when it is told to, and knows how many asked at once', async () => {
    server.setApiKey('new');
    server.setDelay(50);
    const answers = await Promise.all(['key', 'new'].map((key) => get('/transactions/tx-277', key)));
    expect(answers.map(({ status }) => status)).toEqual([403, 200]);
    expect(server.peakConcurrency).toBe(2);
    expect(server.peakPerSecond).toBe(2);
  });

  it('pages over the transactions after a time, and always names a next page', async () => {
    const poll = async (query: string) =>
      (await (await get(`/polling/transactions?${query}&pageSize=1`)).json()) as {
        items: { transactionId: string }[];
        nextPageToken: string;
      };
    const pages: string[][] = [];
    for (let query = 'startDateTime=2025-01-01T00:00:00Z'; pages.length < 4;) {
      const { items, nextPageToken } = await poll(query);
      pages.push(items.map(({ transactionId }) => transactionId));
      query = `pageToken=${encodeURIComponent(nextPageToken)}`;
    }
    expect(pages).toEqual([['tx-277'], ['tx-835'], [], []]);
    // The time itself is not part of it.
    expect((await poll('startDateTime=2025-05-06T19:35:07.912Z')).items).toEqual([]);
    expect((await get('/polling/transactions')).status).toBe(400);
  });
});
