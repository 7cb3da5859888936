import { centsOf, formatCents } from '@claimwire/claim';
import type { DecimalString } from '@claimwire/contracts';
import { Decimal as BaseDecimal } from 'decimal.js';

/** Wide enough that no sum of claim amounts is ever rounded. */
const Decimal = BaseDecimal.clone({ precision: 60 });

/** X12 writes no zero before the point: an adjustment of half a dollar is ".5". */
const DECIMAL_TEXT = /^[+-]?(?:\d{1,18}(?:\.\d{1,12})?|\.\d{1,12})$/;
/** Text that is already in our form: most amounts of an 835 are. */
const PLAIN_TEXT = /^(?:-?[1-9]\d{0,17}|0)\.\d{2}$/;
const MAX_AMOUNT = 1e18;
/** A JSON number has passed through somebody's double: digits behind the sixth are noise of that, no money. */
const NUMBER_DECIMALS = 6;
const MIN_DECIMALS = 2;

const format = (value: BaseDecimal): DecimalString => {
  const text = value.toFixed(Math.max(MIN_DECIMALS, value.decimalPlaces()));
  return value.isZero() ? text.replace('-', '') : text;
};

/** An amount as exact text with at least two decimals ("228.00"), from a JSON number or numeric text; else null. */
export function readDecimal(value: unknown): DecimalString | null {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return `${value}.00`;
    if (!Number.isFinite(value) || Math.abs(value) >= MAX_AMOUNT) return null;
    return format(new Decimal(value).toDecimalPlaces(NUMBER_DECIMALS));
  }
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (PLAIN_TEXT.test(text)) return text;
  return DECIMAL_TEXT.test(text) ? format(new Decimal(text)) : null;
}

export function addDecimals(...values: readonly DecimalString[]): DecimalString {
  const cents = values.reduce((sum, value) => sum + centsOf(value), 0);
  if (Number.isSafeInteger(cents)) return formatCents(cents);
  return format(values.reduce((sum, value) => sum.plus(value), new Decimal(0)));
}

export function multiplyDecimals(a: DecimalString, b: DecimalString): DecimalString {
  return format(new Decimal(a).times(b));
}

export function negateDecimal(value: DecimalString): DecimalString {
  const cents = centsOf(value);
  return Number.isNaN(cents) ? format(new Decimal(value).negated()) : formatCents(-cents);
}

/** −1, 0 or 1 as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: DecimalString, b: DecimalString): number {
  const difference = centsOf(a) - centsOf(b);
  return Number.isNaN(difference) ? new Decimal(a).comparedTo(b) : Math.sign(difference) || 0;
}
