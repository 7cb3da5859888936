import { describe, expect, it } from 'vitest';
import { explodeReport, isReport } from './explode-report.js';

const CONTEXT = {
  transactionId: 'tx-1',
  processedAt: '2025-05-06T19:35:07.912Z',
  mode: 'production',
  partnership: 'local-clearinghouse',
  account: '000000000000',
};

const claim277 = (number: string | null) => ({ claimStatus: { referencedTransactionTraceNumber: number } });
const claim835 = (number: string) => ({
  claimPaymentInfo: { patientControlNumber: number },
  patientName: { lastName: 'SECRETLASTNAME' },
  serviceLines: [],
});

/** Two of everything, on every level: 2^6 claims. */
function doubled(levels: string[], path = ''): object {
  const [level, ...rest] = levels;
  if (level === undefined) return claim277(`pcn${path}`);
  return {
    subscriber: { lastName: 'SECRETLASTNAME' },
    [level]: [doubled(rest, `${path}0`), doubled(rest, `${path}1`)],
  };
}

const LEVELS_277 = [
  'transactions',
  'payers',
  'claimStatusTransactions',
  'claimStatusDetails',
  'patientClaimStatusDetails',
  'claims',
];

describe('exploding a 277CA', () => {
  const { parts, unreadable } = explodeReport('277', doubled(LEVELS_277), CONTEXT);

  it('finds every claim of every level', () => {
    expect(unreadable).toBe(0);
    expect(parts).toHaveLength(64);
    expect(new Set(parts.map(({ path }) => path.join('.'))).size).toBe(64);
    for (const { path, patientControlNumber } of parts) expect(patientControlNumber).toBe(`PCN${path.join('')}`);
  });

  it('carries its context and nobody named', () => {
    expect(parts[0]?.body).toMatchObject({ ...CONTEXT, kind: '277', path: [0, 0, 0, 0, 0, 0] });
    expect(JSON.stringify(parts)).not.toContain('SECRETLASTNAME');
  });

  it('takes the service lines along, whole', () => {
    const serviceLines = [
      { lineItemControlNumber: '1', service: { procedureCode: '97155' }, serviceClaimStatuses: [] },
    ];
    const claims = [{ ...claim277('a1'), serviceLines, subscriber: { lastName: 'SECRETLASTNAME' } }];
    const patientClaimStatusDetails = [{ claims, subscriber: { lastName: 'SECRETLASTNAME' } }];
    const report = {
      transactions: [
        { payers: [{ claimStatusTransactions: [{ claimStatusDetails: [{ patientClaimStatusDetails }] }] }] },
      ],
    };
    const [part] = explodeReport('277', report, CONTEXT).parts;
    expect(part?.body.claim).toEqual({ ...claim277('a1'), serviceLines });
  });

  it('counts a claim without a number, and takes the patient account number in its place', () => {
    const claims = [claim277(null), claim277(' a1 '), { claimStatus: { patientAccountNumber: 'b2' } }];
    const report = {
      transactions: [
        {
          payers: [
            { claimStatusTransactions: [{ claimStatusDetails: [{ patientClaimStatusDetails: [{ claims }] }] }] },
          ],
        },
      ],
    };
    const exploded = explodeReport('277', report, CONTEXT);
    expect(exploded.unreadable).toBe(1);
    expect(exploded.parts.map(({ patientControlNumber, path }) => [patientControlNumber, path.at(-1)])).toEqual([
      ['A1', 1],
      ['B2', 2],
    ]);
  });
});

describe('exploding an 835', () => {
  const report = {
    transactions: [
      {
        productionDate: '20250515',
        paymentAndRemitReassociationDetails: { checkOrEFTTraceNumber: 'EFT-1' },
        payer: { name: 'PAYER', address: {}, contactInformation: { name: 'SECRETLASTNAME' } },
        detailInfo: [{ paymentInfo: [claim835('a'), claim835('a')] }, { paymentInfo: [claim835('b')] }],
      },
      { detailInfo: [{ paymentInfo: [claim835('c')] }] },
    ],
  };
  const { parts } = explodeReport('835', report, CONTEXT);

  it('finds every claim, equal ones apart', () => {
    expect(parts.map(({ patientControlNumber, path }) => [patientControlNumber, path])).toEqual([
      ['A', [0, 0, 0]],
      ['A', [0, 0, 1]],
      ['B', [0, 1, 0]],
      ['C', [1, 0, 0]],
    ]);
  });

  it('carries payer, trace and production date to each, and nobody named', () => {
    expect(parts[2]?.body.report).toEqual({
      productionDate: '20250515',
      paymentAndRemitReassociationDetails: { checkOrEFTTraceNumber: 'EFT-1' },
      payer: { name: 'PAYER' },
    });
    expect(JSON.stringify(parts)).not.toContain('SECRETLASTNAME');
  });
});

describe('what is no report', () => {
  it.each([[null], ['text'], [[]], [{}], [{ transactions: 'x' }], [{ transactions: [null, 1, []] }]])(
    '%j has no claims',
    (report) => expect(explodeReport('835', report, CONTEXT)).toEqual({ parts: [], unreadable: 0 }),
  );

  it('is told from a report without claims', () => {
    expect(isReport({ transactions: [] })).toBe(true);
    expect(isReport({ message: 'no' })).toBe(false);
  });
});
