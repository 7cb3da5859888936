import type { DecimalString } from '@claimwire/contracts';
import { Decimal } from 'decimal.js';
import { centsOf, formatCents } from './cents.js';

/** Sums are exact: decimal.js rounds results to its precision, 20 digits by default. */
const Exact = Decimal.clone({ precision: 1e9 });
const PLAIN_DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;
const NORMAL_FORM = /^(?:0|-?[1-9]\d*)\.\d\d$/;
const CENTS = 2;

function parse(amount: DecimalString): Decimal {
  if (!PLAIN_DECIMAL.test(amount)) throw new RangeError('an amount must be a plain decimal number');
  return new Exact(amount);
}

function format(amount: Decimal): DecimalString {
  if (amount.isZero()) return '0.00';
  return amount.toFixed(Math.max(CENTS, amount.decimalPlaces()));
}

/**
 * The one text of an amount: at least two decimals, more only where they are not zero ("228" → "228.00", "0.1250" → "0.125").
 * @throws RangeError for what is not a plain decimal number ("1e3", "NaN", "1,5")
 */
export function money(amount: DecimalString): DecimalString {
  return NORMAL_FORM.test(amount) ? amount : format(parse(amount));
}

export function moneyOrNull(amount: DecimalString | null): DecimalString | null {
  return amount === null ? null : money(amount);
}

export function addMoney(a: DecimalString, b: DecimalString): DecimalString {
  const cents = centsOf(a) + centsOf(b);
  return Number.isNaN(cents) ? format(parse(a).plus(parse(b))) : formatCents(cents);
}
