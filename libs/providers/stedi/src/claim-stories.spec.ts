import { foldClaim, type ClaimFact } from '@claimwire/claim';
import { describe, expect, it } from 'vitest';
import { explodeReport } from './explode-report.js';
import { normaliseReportPart } from './report-fact.js';

/** Whole reports, as Stedi gives them: one claim's life from 277CA and 835, in every order of arrival. */
const PCN = '11122233';

interface Told {
  kind: '277' | '835';
  /** Names the transaction; it was processed at this minute of one hour. */
  minute: number;
  report: unknown;
}

function factsOf({ kind, minute, report: body }: Told): ClaimFact[] {
  const processedAt = `2025-06-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
  const context = {
    transactionId: `tx-${minute}`,
    processedAt,
    mode: 'production',
    partnership: null,
    account: null,
  } as Parameters<typeof explodeReport>[2];
  return explodeReport(kind, body, context).parts.flatMap((part) => {
    const outcome = normaliseReportPart({
      headers: {
        id: `raw_${minute}`,
        source: '/stedi',
        type: 'stedi.report',
        time: '2025-06-01T12:00:00.000Z',
        tenant: 'demo',
        connection: 'con_1',
        contentType: 'application/json',
      },
      body: Buffer.from(JSON.stringify(part.body)),
      raw: { topic: 'claims.raw.stedi-reports.v1', partition: 0, offset: '0', sha256: '' },
      settings: {},
    });
    if (outcome.kind !== 'facts') throw new Error(JSON.stringify(outcome));
    return outcome.facts;
  });
}

interface Line {
  code: string;
  charge: string;
  paid: string;
  patient?: string;
  /** Group, reason code and amount. */
  adjustments?: [string, string, string][];
}

const remittance = (minute: number, lines: Line[], payer = 'PAYER-A', pcn = PCN): Told => ({
  kind: '835',
  minute,
  report: {
    transactions: [
      {
        productionDate: '20250601',
        payer: { name: payer, payerIdentificationNumber: payer },
        paymentAndRemitReassociationDetails: { checkOrEFTTraceNumber: `EFT-${minute}` },
        financialInformation: { paymentMethodCode: 'ACH', checkIssueOrEFTEffectiveDate: '20250602' },
        detailInfo: [
          {
            paymentInfo: lines.map(({ code, charge, paid, patient = '0', adjustments = [] }) => ({
              claimPaymentInfo: {
                patientControlNumber: pcn,
                claimStatusCode: code,
                totalClaimChargeAmount: charge,
                claimPaymentAmount: paid,
                patientResponsibilityAmount: patient,
              },
              claimAdjustments: adjustments.map(([group, reason, amount]) => ({
                claimAdjustmentGroupCode: group,
                adjustmentReasonCode1: reason,
                adjustmentAmount1: amount,
              })),
            })),
          },
        ],
      },
    ],
  },
});

const acknowledgment = (minute: number, categories: string[], pcn = PCN): Told => ({
  kind: '277',
  minute,
  report: {
    transactions: [
      {
        payers: [
          {
            entityIdentifierCode: 'AY',
            claimStatusTransactions: [
              {
                claimStatusDetails: [
                  {
                    patientClaimStatusDetails: [
                      {
                        claims: [
                          {
                            claimStatus: {
                              referencedTransactionTraceNumber: pcn,
                              informationClaimStatuses: categories.map((category) => ({
                                totalClaimChargeAmount: '100',
                                informationStatuses: [
                                  { healthCareClaimStatusCategoryCode: category, statusCode: '20' },
                                ],
                              })),
                            },
                          },
                        ],
                      },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
});

const paid: Line = { code: '1', charge: '100', paid: '80', patient: '20' };
const reversal: Line = { code: '22', charge: '-100', paid: '-80', patient: '-20' };
const correction: Line = { code: '1', charge: '100', paid: '60', patient: '40' };
const contract: [string, string, string] = ['CO', '45', '20'];

interface Story {
  told: Told[];
  ends: { status: string; paid: string | null; patient: string | null; previous?: string | null; flags?: string[] };
}

const STORIES: Record<string, Story> = {
  'a payment, taken back and corrected in one later report': {
    told: [remittance(1, [paid]), remittance(2, [reversal, correction])],
    ends: { status: 'paid', paid: '60.00', patient: '40.00', previous: 'reversed' },
  },
  'the same with the correction before the reversal in the file': {
    told: [remittance(1, [paid]), remittance(2, [correction, reversal])],
    ends: { status: 'paid', paid: '60.00', patient: '40.00', previous: 'reversed' },
  },
  'payment, reversal and correction in three reports': {
    told: [remittance(1, [paid]), remittance(2, [reversal]), remittance(3, [correction])],
    ends: { status: 'paid', paid: '60.00', patient: '40.00', previous: 'reversed' },
  },
  'a correction in an earlier report than its reversal: the money nets to the same, the last word is the reversal': {
    told: [remittance(1, [paid]), remittance(2, [correction]), remittance(3, [reversal])],
    ends: { status: 'reversed', paid: '60.00', patient: '40.00', previous: 'paid' },
  },
  'a reversal without the minus signs': {
    told: [remittance(1, [paid]), remittance(2, [{ code: '22', charge: '100', paid: '80', patient: '20' }])],
    ends: { status: 'reversed', paid: '0.00', patient: '0.00' },
  },
  'a primary payer, then a secondary one that pays the rest': {
    told: [
      remittance(1, [{ code: '1', charge: '100', paid: '60', patient: '20', adjustments: [contract] }]),
      remittance(2, [{ code: '2', charge: '100', paid: '20', adjustments: [['OA', '23', '80']] }], 'PAYER-B'),
    ],
    ends: { status: 'paid', paid: '80.00', patient: '0.00', previous: null },
  },
  'a primary payer that forwards, and a secondary one that leaves something open': {
    told: [
      remittance(1, [{ code: '19', charge: '100', paid: '60', patient: '20', adjustments: [contract] }]),
      remittance(2, [{ code: '2', charge: '100', paid: '10', adjustments: [['OA', '23', '80']] }], 'PAYER-B'),
    ],
    ends: { status: 'partially_paid', paid: '70.00', patient: '0.00', previous: 'paid' },
  },
  'a partial payment, then the rest by another entry': {
    told: [
      remittance(1, [{ code: '1', charge: '100', paid: '50' }]),
      remittance(2, [{ code: '1', charge: '100', paid: '50', adjustments: [['CO', '45', '50']] }]),
    ],
    ends: { status: 'paid', paid: '100.00', patient: '0.00', previous: 'partially_paid' },
  },
  'a denial, then paid after all': {
    told: [
      remittance(1, [{ code: '4', charge: '100', paid: '0' }]),
      remittance(2, [{ code: '1', charge: '100', paid: '100' }]),
    ],
    ends: { status: 'paid', paid: '100.00', patient: '0.00', previous: 'denied' },
  },
  'acknowledgments with several codes each: the most severe of each counts, the last report wins': {
    told: [acknowledgment(1, ['A1', 'A3', 'A2']), acknowledgment(2, ['A2', 'A1'])],
    ends: { status: 'accepted', paid: null, patient: null, previous: 'rejected' },
  },
  'received, accepted, paid': {
    told: [acknowledgment(1, ['A1']), acknowledgment(2, ['A2']), remittance(3, [paid])],
    ends: { status: 'paid', paid: '80.00', patient: '20.00', previous: 'accepted', flags: [] },
  },
  'a payment of which another status code is not known: recorded, flagged, and the money counts': {
    told: [remittance(1, [paid]), remittance(2, [{ code: '99', charge: '0', paid: '5' }])],
    ends: { status: 'paid', paid: '85.00', patient: '20.00', flags: ['unknown_status'] },
  },
  'one number in two spellings': {
    told: [acknowledgment(1, ['A2'], 'pcn-a1'), remittance(2, [paid], 'PAYER-A', ' PCN-A1 ')],
    ends: { status: 'paid', paid: '80.00', patient: '20.00', previous: 'accepted' },
  },
};

/** All orders of a few. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('what a claim comes to', () => {
  it.each(Object.entries(STORIES))('%s', (_what, { told, ends }) => {
    const facts = told.flatMap(factsOf);
    expect(new Set(facts.map(({ claimKey }) => claimKey)).size).toBe(1);
    const states = permutations(facts).map((order) => foldClaim([...order, ...order.slice(0, 1)]));
    for (const state of states) expect(state).toEqual(states[0]);
    const [{ status, previousStatus, amounts, flags }] = states as [ReturnType<typeof foldClaim>];
    expect([status, amounts.paid, amounts.patientResponsibility]).toEqual([ends.status, ends.paid, ends.patient]);
    if (ends.previous !== undefined) expect(previousStatus).toBe(ends.previous);
    if (ends.flags) expect(flags).toEqual(ends.flags);
  });
});
