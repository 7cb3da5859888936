import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explodeReport } from './explode-report.js';
import { readReportPart } from './read-report-part.js';
import type { ReportKind } from './transaction-event.js';

const CONTEXT = {
  transactionId: 'tx-1',
  processedAt: '2025-05-06T19:35:07.912Z',
  mode: 'production',
  partnership: null,
  account: null,
};

const number = fc.oneof(fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/), fc.constantFrom('', ' ', '\u0000'), fc.jsonValue());

/** A tree with any number of nodes at each level, and odd values among them. */
function nodes(levels: readonly string[], leaf: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return levels.reduceRight<fc.Arbitrary<object>>(
    (child, level) =>
      fc
        .array(fc.oneof({ weight: 5, arbitrary: child }, fc.jsonValue() as fc.Arbitrary<object>), { maxLength: 3 })
        .map((items) => ({ [level]: items })),
    leaf,
  );
}

const claim277 = number.map((id) => ({ claimStatus: { referencedTransactionTraceNumber: id } }));
const claim835 = number.map((id) => ({ claimPaymentInfo: { patientControlNumber: id } }));
const report277 = nodes(
  ['transactions', 'payers', 'claimStatusTransactions', 'claimStatusDetails', 'patientClaimStatusDetails', 'claims'],
  claim277,
);
const report835 = nodes(['transactions', 'detailInfo', 'paymentInfo'], claim835);

describe('exploding a report', () => {
  it.each([
    ['277', report277],
    ['835', report835],
  ] as [ReportKind, fc.Arbitrary<object>][])(
    '%s: whatever it holds, each part is one that can be read back',
    (kind, report) => {
      fc.assert(
        fc.property(fc.oneof(report, fc.jsonValue()), (value) => {
          const { parts, unreadable } = explodeReport(kind, value, CONTEXT);
          expect(unreadable).toBeGreaterThanOrEqual(0);
          expect(new Set(parts.map(({ path }) => path.join('.'))).size).toBe(parts.length);
          for (const { body, patientControlNumber } of parts) {
            const readBack = readReportPart(Buffer.from(JSON.stringify(body)));
            expect(readBack).toMatchObject({ kind, patientControlNumber, transactionId: 'tx-1', path: body.path });
          }
        }),
      );
    },
  );
});
