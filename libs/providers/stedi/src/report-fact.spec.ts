import { readFileSync } from 'node:fs';
import type { ClaimFact } from '@claimwire/claim';
import type { RawEvent } from '@claimwire/provider-kit';
import { describe, expect, it } from 'vitest';
import { normaliseReportPart } from './report-fact.js';

type Json = Record<string, unknown>;

const part = (kind: '277' | '835', more: Json = {}): Json => ({
  ...(JSON.parse(readFileSync(new URL(`../fixtures/report-part.${kind}.json`, import.meta.url), 'utf8')) as Json),
  ...more,
});

const rawEvent = (body: object, more: Partial<RawEvent> = {}): RawEvent => ({
  headers: {
    id: 'raw_1',
    source: '/connections/con_1',
    type: 'stedi.report',
    time: '2025-06-01T00:00:00.000Z',
    tenant: 'demo',
    connection: 'con_1',
    contentType: 'application/json',
  },
  body: Buffer.from(JSON.stringify(body)),
  raw: { topic: 'claims.raw.stedi-reports.v1', partition: 0, offset: '0', sha256: '' },
  settings: {},
  ...more,
});

function factOf(body: object, more: Partial<RawEvent> = {}): ClaimFact {
  const outcome = normaliseReportPart(rawEvent(body, more));
  if (outcome.kind !== 'facts' || !outcome.facts[0]) throw new Error(JSON.stringify(outcome));
  return outcome.facts[0];
}

const payment = (info: Json, more: Json = {}) => {
  const original = part('835').claim as { claimPaymentInfo: Json };
  return part('835', { claim: { ...original, claimPaymentInfo: { ...original.claimPaymentInfo, ...info }, ...more } });
};

const acknowledgment = (categories: string[]) =>
  part('277', {
    claim: {
      claimStatus: {
        informationClaimStatuses: categories.map((category) => ({
          informationStatuses: [{ healthCareClaimStatusCategoryCode: category, statusCode: '20' }],
        })),
      },
    },
  });

describe('a claim of a 277CA', () => {
  it('becomes a fact with who says so, both code lists and the aliases', () => {
    expect(factOf(part('277'))).toMatchObject({
      claimKey: 'demo/stedi/11122233',
      status: 'rejected',
      providerStatus: 'A7',
      reportedBy: 'clearinghouse',
      transaction: '277',
      partnership: 'local-clearinghouse',
      environment: 'production',
      occurredAt: '2025-05-06T19:35:07.912Z',
      sequence: [0, 0, 0, 0, 0, 0],
      currency: 'USD',
      amounts: { billed: '109.20', paid: null },
      serviceDates: { start: '2024-01-01', end: '2024-01-02' },
      reasons: [
        { system: 'x12.507', code: 'A7' },
        { system: 'x12.508', code: '21' },
        { system: 'x12.508', code: '125' },
      ],
      aliases: [
        { system: 'stedi.payerClaimControlNumber', value: 'PC-1' },
        { system: 'stedi.clearinghouseTraceNumber', value: '01J1SNT1FQC8ABWD44MAMBDYKA' },
        { system: 'stedi.claimTransactionBatchNumber', value: '01J1SNRJ0FP4ZE6EFWM4G4XB3N' },
      ],
      flags: [],
      remittance: null,
    });
  });

  it('takes the most severe of all its status groups, not the first', () => {
    expect(factOf(acknowledgment(['A1', 'A2', 'A3'])).status).toBe('rejected');
  });

  it('is flagged where its category is outside the standard', () => {
    expect(factOf(acknowledgment(['F2']))).toMatchObject({ status: 'denied', flags: ['status_outside_standard'] });
  });

  it.each([
    ['PR', 'payer'],
    ['AY', 'clearinghouse'],
    ['XX', null],
  ])('is reported by entity %s = %s', (entityIdentifierCode, reportedBy) => {
    expect(factOf(part('277', { report: { payer: { entityIdentifierCode } } })).reportedBy).toBe(reportedBy);
  });

  const serviceLine = (more: Json = {}, categories = ['A3']): Json => ({
    beginServiceLineDate: '20250105',
    lineItemControlNumber: 'IJKL1234',
    service: {
      chargeAmount: '137.96',
      procedureCode: '97155',
      procedureModifiers: ['GT'],
      serviceIdQualifierCode: 'HC',
    },
    serviceClaimStatuses: categories.map((category) => ({
      serviceStatuses: [{ healthCareClaimStatusCategoryCode: category, statusCode: '164', entityIdentifierCode: 'IL' }],
    })),
    ...more,
  });
  const withLines = (categories: string[], serviceLines: unknown): Json => {
    const acknowledged = acknowledgment(categories);
    return { ...acknowledged, claim: { ...(acknowledged.claim as Json), serviceLines } };
  };

  it('carries the status, the codes and the charge of each service line', () => {
    const second = serviceLine({ lineItemControlNumber: 'B', service: {}, endServiceLineDate: '20250107' }, [
      'A1',
      'a7',
    ]);
    expect(factOf(withLines(['A3'], [serviceLine(), second])).lines).toEqual([
      {
        id: 'IJKL1234',
        procedure: '97155',
        billed: '137.96',
        approved: null,
        paid: null,
        status: 'rejected',
        reasons: [
          { system: 'x12.507', code: 'A3' },
          { system: 'x12.508', code: '164' },
        ],
        serviceDates: { start: '2025-01-05', end: '2025-01-05' },
      },
      expect.objectContaining({
        id: 'B',
        procedure: null,
        billed: null,
        status: 'rejected',
        reasons: [
          { system: 'x12.507', code: 'A1' },
          { system: 'x12.508', code: '164' },
          { system: 'x12.507', code: 'A7' },
        ],
        serviceDates: { start: '2025-01-05', end: '2025-01-07' },
      }),
    ]);
  });

  it('keeps its own status and reasons, whatever its lines say', () => {
    const fact = factOf(withLines(['A1'], [serviceLine()]));
    expect(fact).toMatchObject({ status: 'received', providerStatus: 'A1', flags: [] });
    expect(fact.reasons).not.toContainEqual({ system: 'x12.508', code: '164' });
  });

  it('has lines without a status where none is said, and none where there are none', () => {
    expect(factOf(withLines(['A3'], [serviceLine({}, []), 'odd'])).lines).toMatchObject([
      { status: null, reasons: [] },
      { id: null, status: null, serviceDates: null },
    ]);
    expect(factOf(withLines(['A3'], undefined)).lines).toEqual([]);
  });

  it('is flagged where a line has a category outside the standard', () => {
    const fact = factOf(withLines(['A3'], [serviceLine({}, ['F2'])]));
    expect(fact).toMatchObject({
      status: 'rejected',
      flags: ['status_outside_standard'],
      lines: [{ status: 'denied' }],
    });
  });

  it('without any status is unknown', () => {
    expect(factOf(acknowledgment([]))).toMatchObject({ status: 'unknown', providerStatus: null });
  });
});

describe('a claim payment of an 835', () => {
  it('becomes a fact with its ledger entry, payment, lines and adjustments', () => {
    expect(factOf(part('835'))).toMatchObject({
      status: 'paid',
      providerStatus: '1',
      reportedBy: 'payer',
      transaction: '835',
      sequence: [0, 0, 1],
      amounts: { billed: '109.20', paid: '60.00', patientResponsibility: '19.20' },
      remittance: {
        payer: '1351840597',
        trace: 'EFT-900',
        productionDate: '2025-05-15',
        path: '0.0.1',
        billed: '109.20',
        paid: '60.00',
        patientResponsibility: '19.20',
      },
      payment: { trace: 'EFT-900', date: '2025-05-16', method: 'ACH' },
      reasons: [
        { system: 'x12.carc', group: 'CO', code: '45', amount: '30.00' },
        { system: 'x12.carc', group: 'PR', code: '1', amount: '19.20' },
      ],
      lines: [
        {
          id: 'L1',
          procedure: '90837',
          billed: '109.20',
          paid: '60.00',
          reasons: [
            { system: 'x12.carc', group: 'CO', code: '45', amount: '20.00' },
            { system: 'x12.carc', group: 'PR', code: '1', amount: '19.20' },
            { system: 'x12.rarc', code: 'M30' },
          ],
        },
      ],
      serviceDates: { start: '2025-03-01', end: '2025-03-01' },
      aliases: [{ system: 'stedi.payerClaimControlNumber', value: 'PC-1' }],
    });
  });

  it('that reverses an earlier one is a negative entry and states no amounts', () => {
    const reversal = { claimStatusCode: '22', totalClaimChargeAmount: '-109.20', claimPaymentAmount: '-60.00' };
    expect(factOf(payment(reversal))).toMatchObject({
      status: 'reversed',
      amounts: { billed: null, paid: null },
      remittance: { billed: '-109.20', paid: '-60.00', patientResponsibility: '-19.20' },
    });
  });

  it('that reverses without a minus sign is a negative entry all the same', () => {
    expect(factOf(payment({ claimStatusCode: '22' })).remittance).toMatchObject({ paid: '-60.00' });
  });

  it('that only predetermines is no entry in the ledger', () => {
    expect(factOf(payment({ claimStatusCode: '25', claimPaymentAmount: '0' }))).toMatchObject({
      status: 'predetermined',
      remittance: null,
      amounts: { billed: '109.20', paid: null },
    });
  });

  it('takes a missing patient responsibility from the PR adjustments', () => {
    expect(factOf(payment({ patientResponsibilityAmount: undefined })).amounts.patientResponsibility).toBe('19.20');
  });

  it('counts an adjustment below one that X12 writes without the zero before its point', () => {
    const info = { totalClaimChargeAmount: '100', claimPaymentAmount: '99.5', patientResponsibilityAmount: '0' };
    const claimAdjustments = [{ claimAdjustmentGroupCode: 'CO', adjustmentReasonCode1: '45', adjustmentAmount1: '.5' }];
    expect(factOf(payment(info, { claimAdjustments, serviceLines: [] })).status).toBe('paid');
  });

  it('is quarantined where its amounts cannot be read: a ledger entry cannot be guessed', () => {
    expect(normaliseReportPart(rawEvent(payment({ claimPaymentAmount: 'sixty' })))).toEqual({
      kind: 'quarantine',
      reason: 'payment_amounts_missing',
    });
  });

  it.each([
    ['of the claim', (adjustments: object[]) => ({ claimAdjustments: adjustments, serviceLines: [] })],
    ['of a line', (adjustments: object[]) => ({ serviceLines: [{ serviceAdjustments: adjustments }] })],
  ])('is quarantined where the amount of an adjustment %s cannot be read: its status would be a guess', (_, where) => {
    const adjustment = { claimAdjustmentGroupCode: 'CO', adjustmentReasonCode1: '45', adjustmentAmount1: 'twenty' };
    expect(normaliseReportPart(rawEvent(payment({}, where([adjustment]))))).toEqual({
      kind: 'quarantine',
      reason: 'adjustment_amount_unreadable',
    });
  });
});

describe('the identity of a claim of a report', () => {
  it('is the transaction and the place in its report, however often it is fetched', () => {
    const fetched = factOf(part('277'));
    const fetchedAgain = factOf(part('277'), { headers: { ...rawEvent({}).headers, id: 'raw_2' } });
    expect(fetchedAgain.eventId).toBe(fetched.eventId);
    expect(factOf(part('277', { path: [0, 0, 0, 0, 0, 1] })).eventId).not.toBe(fetched.eventId);
    expect(factOf(part('277', { transactionId: 'another' })).eventId).not.toBe(fetched.eventId);
  });

  it('keeps what is not production apart', () => {
    expect(factOf(part('835', { mode: 'test' }))).toMatchObject({
      claimKey: 'demo/stedi-test/11122233',
      provider: 'stedi-test',
      environment: 'test',
    });
    expect(factOf(part('835', { mode: undefined })).provider).toBe('stedi-test');
  });

  it('keeps accounts with an id space of their own apart', () => {
    const other = factOf(part('277'), { settings: { claimNamespace: 'west' } });
    expect(other.claimKey).toBe('demo/stedi/west%3A11122233');
    expect(other.eventId).not.toBe(factOf(part('277')).eventId);
  });

  it('is refused where its time lies over a day after its receipt', () => {
    const future = part('277', { processedAt: '2025-06-02T00:00:00.001Z' });
    expect(normaliseReportPart(rawEvent(future))).toEqual({ kind: 'quarantine', reason: 'event_time_in_future' });
    expect(factOf(part('277', { processedAt: '2025-06-02T00:00:00.000Z' })).status).toBe('rejected');
  });
});
