import type { DecimalString, Payment } from '@claimwire/contracts';
import {
  compareDecimals,
  negateDecimal,
  readCode,
  readDate,
  readDecimal,
  readIdentifier,
  readList,
  readObject,
  readText,
  type JsonObject,
  type StatedFact,
} from '@claimwire/provider-kit';
import { adjustmentReasons, readAdjustments, sumAdjustments } from './adjustments.js';
import { paymentStatus } from './payment-status.js';
import { readRemittanceLine, spanOf } from './remittance-line.js';
import type { ReportPartBody } from './report-part.js';

const ZERO = '0.00';

const traceOf = (report: JsonObject): string | null =>
  readIdentifier(readObject(report.paymentAndRemitReassociationDetails).checkOrEFTTraceNumber);

function readPayment(report: JsonObject): Payment {
  const financial = readObject(report.financialInformation);
  return {
    trace: traceOf(report),
    date: readDate(financial.checkIssueOrEFTEffectiveDate),
    method: readCode(financial.paymentMethodCode),
  };
}

/** The payer's number where there is one: names are spelled differently from report to report. */
function payerOf(report: JsonObject): string {
  const payer = readObject(report.payer);
  return (
    readCode(payer.payerIdentificationNumber) ??
    readCode(readObject(report.financialInformation).payerIdentifier) ??
    readText(payer.name) ??
    'unknown'
  );
}

/** A reversal takes back: its amounts are negative also where a payer forgot the sign. */
const takeBack = (amount: DecimalString): DecimalString =>
  compareDecimals(amount, ZERO) > 0 ? negateDecimal(amount) : amount;

/**
 * What one claim payment of an 835 states; the part of the fact that both reports share is added by the caller.
 * @returns a constant reason code where amounts are missing or cannot be read: neither a ledger entry nor a status can be guessed
 */
export function stateRemittance(part: ReportPartBody): (Partial<StatedFact> & Pick<StatedFact, 'status'>) | string {
  const info = readObject(part.claim.claimPaymentInfo);
  const charge = readDecimal(info.totalClaimChargeAmount);
  const paid = readDecimal(info.claimPaymentAmount);
  if (charge === null || paid === null) return 'payment_amounts_missing';
  const lines = readList(part.claim.serviceLines).map(readRemittanceLine);
  const adjustments = [...readAdjustments(part.claim.claimAdjustments), ...lines.flatMap((line) => line.adjustments)];
  if (adjustments.some(({ isUnreadable }) => isUnreadable)) return 'adjustment_amount_unreadable';
  const patientResponsibility =
    readDecimal(info.patientResponsibilityAmount) ?? sumAdjustments(adjustments, ({ group }) => group === 'PR');
  const code = readCode(info.claimStatusCode);
  const status = paymentStatus(code, { charge, paid, patientResponsibility, adjustments });
  const payerClaimNumber = readIdentifier(info.payerClaimControlNumber);
  const claimLines = lines.map(({ line }) => line);
  return {
    status,
    providerStatus: code,
    reportedBy: 'payer',
    reasons: adjustmentReasons(adjustments),
    ...stateAmounts(part, status === 'reversed', { charge, paid, patientResponsibility }),
    // A predetermination says what would be paid: it is no entry in the ledger.
    ...(status === 'predetermined' ? { remittance: null, amounts: { billed: charge } } : {}),
    payment: readPayment(part.report),
    lines: claimLines,
    serviceDates: spanOf(claimLines),
    aliases: payerClaimNumber === null ? [] : [{ system: 'stedi.payerClaimControlNumber', value: payerClaimNumber }],
    flags: compareDecimals(paid, ZERO) < 0 && status !== 'reversed' ? ['negative_payment'] : [],
  };
}

interface EntryAmounts {
  charge: DecimalString;
  paid: DecimalString;
  patientResponsibility: DecimalString;
}

function stateAmounts(part: ReportPartBody, reversal: boolean, amounts: EntryAmounts): Partial<StatedFact> {
  const sign = reversal ? takeBack : (amount: DecimalString) => amount;
  const billed = sign(amounts.charge);
  const paid = sign(amounts.paid);
  const patientResponsibility = sign(amounts.patientResponsibility);
  return {
    // What a reversal takes back is no statement about what the claim was billed or allowed at.
    amounts: reversal ? {} : { billed, allowed: readAllowed(part.claim), paid, patientResponsibility },
    remittance: {
      payer: payerOf(part.report),
      trace: traceOf(part.report) ?? '',
      productionDate: readDate(part.report.productionDate) ?? part.processedAt.slice(0, 10),
      path: part.path.join('.'),
      billed,
      paid,
      patientResponsibility,
    },
  };
}

/** Coverage amount of the claim (AMT*AU): what the payer's contract allows. */
const readAllowed = (claim: JsonObject): DecimalString | null =>
  readDecimal(readObject(claim.claimSupplementalInformation).coverageAmount);
