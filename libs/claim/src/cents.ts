const MINUS = '-'.charCodeAt(0);
const POINT = '.'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const DECIMALS = 2;
/** Sums of some of them stay exact in a double. */
const MAX_LENGTH = 15;

/** An amount with two decimals ("-228.00") in cents, which nearly every amount is; NaN for every other text. */
export function centsOf(amount: string): number {
  const point = amount.length - DECIMALS - 1;
  const start = amount.charCodeAt(0) === MINUS ? 1 : 0;
  if (point <= start || amount.length > MAX_LENGTH || amount.charCodeAt(point) !== POINT) return NaN;
  let cents = 0;
  for (let at = start; at < amount.length; at++) {
    if (at === point) continue;
    const digit = amount.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    cents = cents * 10 + digit;
  }
  return start === 0 ? cents : -cents;
}

/** In the form of SPEC, L11. */
export function formatCents(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(DECIMALS + 1, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}
