import { describe, expect, it } from 'vitest';
import { isPartialPayment, paymentStatus } from './payment-status.js';

const amounts = (paid: string, more: Partial<Parameters<typeof isPartialPayment>[0]> = {}) => ({
  charge: '100.00',
  paid,
  patientResponsibility: '0.00',
  adjustments: [],
  ...more,
});

describe('the status of an 835 claim payment', () => {
  it.each([
    ...['1', '2', '3', '19', '20', '21'].flatMap((code) => [
      [code, '100.00', 'paid'],
      [code, '40.00', 'partially_paid'],
      [code, '0.00', 'adjudicated'],
    ]),
    ['4', '0.00', 'denied'],
    ['22', '-100.00', 'reversed'],
    ['23', '0.00', 'forwarded'],
    ['25', '0.00', 'predetermined'],
    ['01', '100.00', 'paid'],
    ['5', '100.00', 'unknown'],
    ['toString', '100.00', 'unknown'],
  ])('with CLP02 %s and %s paid is %s', (code, paid, status) => {
    expect(paymentStatus(code, amounts(paid))).toBe(status);
  });

  it('is unknown without a code', () => expect(paymentStatus(null, amounts('1.00'))).toBe('unknown'));
});

describe('a payment is partial when something of the charge is left that nobody accounts for', () => {
  const adjustment = (group: string, code: string, amount: string) => ({ group, code, amount, isUnreadable: false });

  it.each([
    ['the rest is contractual', { adjustments: [adjustment('CO', '45', '60.00')] }, false],
    ['a prior payer paid the rest', { adjustments: [adjustment('OA', '23', '60.00')] }, false],
    ['the patient owes the rest', { patientResponsibility: '60.00' }, false],
    [
      'contract, prior payer and patient together are the rest to the cent',
      {
        patientResponsibility: '19.99',
        adjustments: [adjustment('CO', '45', '20.01'), adjustment('OA', '23', '20.00')],
      },
      false,
    ],
    ['one cent is left', { patientResponsibility: '59.99' }, true],
    ['the rest is another adjustment of the payer', { adjustments: [adjustment('PI', '16', '60.00')] }, true],
    ['the rest is OA but no prior payment', { adjustments: [adjustment('OA', '18', '60.00')] }, true],
    [
      'a negative adjustment raises what was due',
      { adjustments: [adjustment('CO', '45', '-5.00')], paid: '100.00' },
      true,
    ],
  ])('%s', (_, more, partial) => {
    expect(isPartialPayment(amounts('40.00', more))).toBe(partial);
  });
});
