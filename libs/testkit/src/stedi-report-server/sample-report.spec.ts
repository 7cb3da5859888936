import { explodeReport } from '@claimwire/provider-stedi';
import { afterEach, describe, expect, it } from 'vitest';
import { readSampleTransactionId, sampleTransactionId } from '../senders/index.js';
import { StediReportServer } from './index.js';

const processedAt = new Date('2026-02-03T04:05:06.789Z');
const acknowledged = { kind: '277', status: 'A7', processedAt, patientControlNumber: 'PCN-1' } as const;
const remitted = { kind: '835', status: '22', processedAt, patientControlNumber: 'PCN-1' } as const;

describe('the id of a sample transaction', () => {
  it.each([acknowledged, remitted])('says what its report holds, and can stand in an address: %o', (sample) => {
    const id = sampleTransactionId(sample);
    expect(id).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
    expect(readSampleTransactionId(id)).toEqual(sample);
  });

  it.each([
    { ...acknowledged, status: '1' },
    { ...remitted, status: 'A7' },
    { ...acknowledged, patientControlNumber: 'a/b' },
    { ...acknowledged, patientControlNumber: 'x'.repeat(39) },
    { ...acknowledged, processedAt: new Date(NaN) },
  ])('does not exist for %o', (sample) => expect(() => sampleTransactionId(sample)).toThrow(RangeError));

  it('is none that Stedi gives', () => {
    expect(readSampleTransactionId('b9d3a1c4-52a0-4c1e-8f33-0a1d6f6d7a11')).toBeNull();
  });
});

describe('a report server with samples', () => {
  let server: StediReportServer;
  afterEach(() => server.stop());

  const get = async (path: string) => fetch(`${server.url}${path}`, { headers: { authorization: 'key' } });

  it.each([acknowledged, remitted])('answers the report and the transaction of an id: %o', async (sample) => {
    server = await StediReportServer.start({ apiKey: 'key', samples: true });
    const id = sampleTransactionId(sample);
    const report = await get(`/change/medicalnetwork/reports/v2/${id}/${sample.kind}`);
    const context = { transactionId: id, processedAt: '', mode: 'production', partnership: null, account: null };
    const { parts } = explodeReport(sample.kind, await report.json(), context);
    expect(parts).toHaveLength(1);
    expect(JSON.stringify(parts)).toContain(`"${sample.status}"`);
    expect(await (await get(`/transactions/${id}`)).json()).toMatchObject({
      transactionId: id,
      direction: 'INBOUND',
      processedAt: processedAt.toISOString(),
    });
  });

  it('answers 404 to any other id, and to samples where it was not told to make them up', async () => {
    server = await StediReportServer.start({ apiKey: 'key', samples: true });
    expect((await get('/transactions/tx-1')).status).toBe(404);
    await server.stop();
    server = await StediReportServer.start({ apiKey: 'key' });
    expect((await get(`/transactions/${sampleTransactionId(acknowledged)}`)).status).toBe(404);
  });
});
