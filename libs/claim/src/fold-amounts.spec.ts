import { expect, it } from 'vitest';
import { fact, NOTHING_STATED, remittance } from '../test/facts.js';
import type { RemittanceEntry } from './claim-fact.js';
import { foldClaim } from './fold-claim.js';

let minute = 0;
const entered = (paid: string, more: Partial<RemittanceEntry> = {}) => {
  minute += 1;
  const entry = remittance(paid, { path: `0.0.${minute}`, ...more });
  return fact(`evt_${minute}`, paid.startsWith('-') ? 'reversed' : 'paid', minute, { remittance: entry });
};

it('L10 takes for each amount the latest statement, and silence for none', () => {
  const stated = { ...NOTHING_STATED, billed: '228', approved: '100' };
  const claim = foldClaim([
    fact('evt_1', 'pending', 1, { amounts: stated, currency: null }),
    fact('evt_2', 'approved', 2, { amounts: { ...NOTHING_STATED, approved: '90.5' }, currency: 'NGN' }),
    fact('evt_3', 'approved', 3, { currency: null }),
  ]);
  expect(claim.amounts).toEqual({
    currency: 'NGN',
    billed: '228.00',
    allowed: null,
    approved: '90.50',
    paid: null,
    patientResponsibility: null,
  });
});

it('L12 sums the 835 entries of a claim, reversals negative, and looks at no other statement of them again', () => {
  const claim = foldClaim([
    entered('180.00', { patientResponsibility: '48.00' }),
    entered('-180.00', { patientResponsibility: '-48.00' }),
    entered('150.10', { patientResponsibility: '77.90' }),
    fact('evt_tpa', 'adjudicated', 59, { amounts: { ...NOTHING_STATED, paid: '999', patientResponsibility: '999' } }),
  ]);
  expect(claim.amounts).toMatchObject({ paid: '150.10', patientResponsibility: '77.90' });
});

it("L12 has the latest payer's net as what the patient owes", () => {
  const primary = entered('150.00', { patientResponsibility: '78.00' });
  const secondary = entered('60.00', { payer: 'payer-2', patientResponsibility: '18.00' });
  expect(foldClaim([primary, secondary]).amounts).toMatchObject({ paid: '210.00', patientResponsibility: '18.00' });
  const reversal = entered('-60.00', { payer: 'payer-2', patientResponsibility: '-18.00' });
  const correction = entered('78.00', { payer: 'payer-2' });
  const corrected = foldClaim([primary, secondary, reversal, correction]);
  expect(corrected.amounts).toMatchObject({ paid: '228.00', patientResponsibility: '0.00' });
});

it('L12 L3 give a correction in the same 835 the last word on the status, on either side of its reversal', () => {
  for (const [reversal, correction] of [
    [[0], [1]],
    [[1], [0]],
  ]) {
    const claim = foldClaim([
      fact('evt_1', 'paid', 1, { remittance: remittance('180.00') }),
      fact('evt_2', 'reversed', 2, { sequence: reversal, remittance: remittance('-180.00') }),
      fact('evt_3', 'denied', 2, { sequence: correction, remittance: remittance('0.00') }),
    ]);
    expect(claim).toMatchObject({ status: 'denied', previousStatus: 'reversed', amounts: { paid: '0.00' }, flags: [] });
  }
});

it('L13 counts an 835 entry that is told twice once, in whatever text its amounts are, and flags it', () => {
  const entry = remittance('180.00');
  const claim = foldClaim([
    fact('evt_1', 'paid', 1, { remittance: entry }),
    fact('evt_2', 'paid', 2, { remittance: { ...entry, paid: '180', billed: '228.0' } }),
  ]);
  expect(claim).toMatchObject({ amounts: { paid: '180.00' }, flags: ['duplicate_remittance'] });
});

it.each([
  { payer: 'payer-2' },
  { trace: 'EFT-2' },
  { productionDate: '2025-03-12' },
  { path: '0.0.1' },
  { billed: '229.00' },
  { patientResponsibility: '1.00' },
])('L13 counts entries that differ in %j both', (difference) => {
  const claim = foldClaim([
    fact('evt_1', 'paid', 1, { remittance: remittance('100.00') }),
    fact('evt_2', 'paid', 2, { remittance: remittance('100.00', difference) }),
  ]);
  expect(claim).toMatchObject({ amounts: { paid: '200.00' }, flags: [] });
});
