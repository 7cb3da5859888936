import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centsOf, formatCents } from './cents.js';
import { addMoney } from './money.js';

/** Those of at most 15 characters; longer ones are decimal arithmetic's (the last row of the table below). */
const cents = fc.integer({ min: -9_999_999_999_999, max: 99_999_999_999_999 });
const amount = fc.oneof(cents.map(formatCents), fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,6})?$/));

describe('cents', () => {
  it('are read from what they are written as', () => {
    fc.assert(fc.property(cents, (some) => centsOf(formatCents(some)) === some || some === 0));
  });

  it('add up to what decimal arithmetic says, whatever the form of the amounts', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const exact = new (Decimal.clone({ precision: 60 }))(a).plus(b);
        const sum = addMoney(a, b);
        expect(exact.equals(sum)).toBe(true);
        expect(sum).toMatch(/^(0|-?\d+)\.\d{2,}$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', '1', '.00', '-.00', '1.0', '1.000', '1e2.00', '+1.00', ' 1.00', '1,00', '1234567890123.00'])(
    'are not read from %j',
    (text) => {
      expect(centsOf(text)).toBeNaN();
    },
  );
});
