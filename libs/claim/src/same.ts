import type { Amounts, Reason } from '@claimwire/contracts';

/** Field by field, not by their JSON: a stored accumulator comes back with its keys in another order. */
const sameReason = (a: Reason, b: Reason): boolean =>
  a.system === b.system && a.code === b.code && a.group === b.group && a.amount === b.amount && a.text === b.text;

export const sameReasons = (a: readonly Reason[], b: readonly Reason[]): boolean =>
  a === b || (a.length === b.length && a.every((reason, index) => sameReason(reason, b[index]!)));

export const sameAmounts = (a: Readonly<Amounts>, b: Readonly<Amounts>): boolean =>
  a.currency === b.currency &&
  a.billed === b.billed &&
  a.allowed === b.allowed &&
  a.approved === b.approved &&
  a.paid === b.paid &&
  a.patientResponsibility === b.patientResponsibility;
