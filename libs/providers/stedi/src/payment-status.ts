import type { ClaimStatus, DecimalString } from '@claimwire/contracts';
import { addDecimals, compareDecimals, negateDecimal } from '@claimwire/provider-kit';
import { sumAdjustments, type Adjustment } from './adjustments.js';

/** CLP02 codes that mean "processed as primary, secondary, tertiary", with or without a forward to the next payer. */
const PROCESSED = new Set(['1', '2', '3', '19', '20', '21']);
const OTHERS: Readonly<Record<string, ClaimStatus>> = {
  '4': 'denied',
  '22': 'reversed',
  '23': 'forwarded',
  '25': 'predetermined',
};

export interface PaymentAmounts {
  charge: DecimalString;
  paid: DecimalString;
  patientResponsibility: DecimalString;
  /** Of the claim and of its service lines. */
  adjustments: readonly Adjustment[];
}

/** Contractual reductions, and what a prior payer has paid (OA 23), are owed by nobody any more. */
const isSettled = ({ group, code }: Adjustment): boolean => group === 'CO' || (group === 'OA' && code === '23');

/** Whether something of the charge remains that neither the payer paid nor the patient owes nor the contract removes. */
export function isPartialPayment({ charge, paid, patientResponsibility, adjustments }: PaymentAmounts): boolean {
  const expected = addDecimals(charge, negateDecimal(sumAdjustments(adjustments, isSettled)));
  return compareDecimals(addDecimals(paid, patientResponsibility), expected) < 0;
}

/** Canonical status of CLP02 (README). */
export function paymentStatus(code: string | null, amounts: PaymentAmounts): ClaimStatus {
  if (code === null) return 'unknown';
  // X12 pads nothing, but some payers write "01".
  const claimStatusCode = code.replace(/^0+(?=\d)/, '');
  if (!PROCESSED.has(claimStatusCode)) {
    return Object.hasOwn(OTHERS, claimStatusCode) ? (OTHERS[claimStatusCode] ?? 'unknown') : 'unknown';
  }
  if (compareDecimals(amounts.paid, '0') <= 0) return 'adjudicated';
  return isPartialPayment(amounts) ? 'partially_paid' : 'paid';
}
