import type { Amounts } from '@claimwire/contracts';
import type { ClaimAccumulator } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import type { Ledger } from './ledger.js';
import { enterRemittance, ledgerPatientResponsibility } from './ledger.js';
import { moneyOrNull } from './money.js';

interface MoneyPart {
  amounts: Readonly<Amounts>;
  ledger: Ledger | null;
  /** The event carried an 835 entry that counts already. */
  duplicate: boolean;
}

/** What one event states, in normal form. */
export const statedAmounts = ({ currency, amounts }: ClaimFact): Amounts => ({
  currency,
  billed: moneyOrNull(amounts.billed),
  allowed: moneyOrNull(amounts.allowed),
  approved: moneyOrNull(amounts.approved),
  paid: moneyOrNull(amounts.paid),
  patientResponsibility: moneyOrNull(amounts.patientResponsibility),
});

const latest = (before: Readonly<Amounts>, stated: Amounts): Amounts => ({
  currency: stated.currency ?? before.currency,
  billed: stated.billed ?? before.billed,
  allowed: stated.allowed ?? before.allowed,
  approved: stated.approved ?? before.approved,
  paid: stated.paid ?? before.paid,
  patientResponsibility: stated.patientResponsibility ?? before.patientResponsibility,
});

/** Amounts after one more event in order (SPEC, L10–L13). */
export function foldAmounts(before: ClaimAccumulator | null, fact: ClaimFact): MoneyPart {
  const entered = fact.remittance && enterRemittance(before?.ledger ?? null, fact.remittance);
  const ledger = entered ?? before?.ledger ?? null;
  const stated = statedAmounts(fact);
  const amounts = before === null ? stated : latest(before.amounts, stated);
  if (ledger !== null) {
    amounts.paid = ledger.paid;
    amounts.patientResponsibility = ledgerPatientResponsibility(ledger);
  }
  return { amounts, ledger, duplicate: fact.remittance !== null && entered === null };
}
