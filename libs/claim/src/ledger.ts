import type { DecimalString } from '@claimwire/contracts';
import type { RemittanceEntry } from './claim-fact.js';
import { addMoney, money } from './money.js';

/** A claim's 835 entries, summed (SPEC, L12–L13). Every field is a fact about the set of entries and the last of them. */
export interface Ledger {
  /** Identities of the entries that count. */
  entries: Readonly<Record<string, true>>;
  paid: DecimalString;
  /** Net patient responsibility by payer. */
  patientResponsibility: Readonly<Record<string, DecimalString>>;
  /** Payer of the last entry in order that counts. */
  latestPayer: string;
}

/** Payer, trace, production date, path and amounts: the same payment told twice, in whichever transaction, is one. */
function entryIdentity(entry: RemittanceEntry): string {
  const amounts = [entry.billed, entry.paid, entry.patientResponsibility].map(money);
  return JSON.stringify([entry.payer, entry.trace, entry.productionDate, entry.path, ...amounts]);
}

const ZERO = '0.00';

/** Null when an equal entry counts already. */
export function enterRemittance(ledger: Ledger | null, entry: RemittanceEntry): Ledger | null {
  const identity = entryIdentity(entry);
  const { payer, paid, patientResponsibility } = entry;
  if (ledger !== null && Object.hasOwn(ledger.entries, identity)) return null;
  const owed = ledger?.patientResponsibility ?? {};
  const before = Object.hasOwn(owed, payer) ? owed[payer]! : ZERO;
  return {
    entries: { ...ledger?.entries, [identity]: true },
    paid: addMoney(ledger?.paid ?? ZERO, paid),
    patientResponsibility: { ...owed, [payer]: addMoney(before, patientResponsibility) },
    latestPayer: payer,
  };
}

export const ledgerPatientResponsibility = (ledger: Ledger): DecimalString =>
  ledger.patientResponsibility[ledger.latestPayer]!;
