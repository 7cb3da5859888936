import { readSampleTransactionId } from '../senders/stedi-sample-transaction.js';
import { buildAcknowledgmentReport } from './acknowledgment-report.js';
import { buildRemittanceReport, type RemittedClaim } from './remittance-report.js';
import type { StoredTransaction } from './stored-transaction.js';

const CHARGE = '109.20';

/** Denied, forwarded and predetermined claims are paid nothing; a reversal takes back what was paid. */
function remittedClaim(patientControlNumber: string, claimStatusCode: string): RemittedClaim {
  const claim = { patientControlNumber, claimStatusCode };
  if (claimStatusCode === '22') return { ...claim, charge: `-${CHARGE}`, paid: `-${CHARGE}` };
  return { ...claim, charge: CHARGE, paid: ['4', '23', '25'].includes(claimStatusCode) ? '0' : CHARGE };
}

/** The transaction that an id of `sampleTransactionId` describes, the same every time; undefined for any other id. */
export function sampleTransaction(transactionId: string): StoredTransaction | undefined {
  const sample = readSampleTransactionId(transactionId);
  if (!sample) return undefined;
  const { kind, status, processedAt, patientControlNumber } = sample;
  const report =
    kind === '277'
      ? buildAcknowledgmentReport([{ claims: [{ patientControlNumber, statuses: [[status, '20']] }] }], transactionId)
      : buildRemittanceReport(
          [{ trace: `EFT-${patientControlNumber}`, claims: [remittedClaim(patientControlNumber, status)] }],
          transactionId,
        );
  return { kind, report, transaction: { processedAt: processedAt.toISOString() } };
}
