import type { ClaimEventType, ClaimStatus } from '@claimwire/contracts';
import type { ClaimFact, RemittanceEntry, StatedAmounts } from '../src/claim-fact.js';
import { TRANSITIONS } from '../src/transitions.js';

/**
 * The SPEC told a second time, by looking at the whole history for every answer. Slow, without an accumulator, with other
 * arithmetic (integers of 1/1000) and other times (bigint microseconds): it shares no code with the fold but the table of
 * odd transitions.
 */
export function naiveClaim(events: readonly ClaimFact[]) {
  const sorted = events.toSorted(naiveOrder);
  const course = statusCourse(sorted);
  const status = course.at(-1)!;
  const since = course.findLastIndex((earlier) => earlier !== status) + 1;
  const run = sorted.slice(since).filter((event) => event.status === status);
  return {
    status,
    previousStatus: course[since - 1] ?? null,
    statusSince: sorted[since]!.occurredAt,
    reasons: run.findLast((event) => event.reasons.length > 0)?.reasons ?? [],
    attempt: 1 + sorted.filter((event, index) => isResubmission(event, course[index - 1])).length,
    flags: naiveFlags(sorted, course),
    amounts: naiveAmounts(sorted),
    payment: sorted.findLast((event) => event.payment)?.payment ?? null,
    lines: sorted.findLast((event) => event.lines.length > 0)?.lines ?? [],
    serviceDates: sorted.findLast((event) => event.serviceDates)?.serviceDates ?? null,
    aliases: distinct(sorted.flatMap((event) => event.aliases)),
  };
}

/** What storing `arriving` after `stored` must be called, told from the two states alone. */
export function naiveType(stored: readonly ClaimFact[], arriving: ClaimFact): ClaimEventType {
  if (stored.length === 0) return 'claim.status_changed';
  const before = naiveClaim(stored);
  const after = naiveClaim([...stored, arriving]);
  if (before.status !== after.status) return 'claim.status_changed';
  const seen = ({ statusSince, reasons, amounts }: typeof before) =>
    JSON.stringify([String(micros(statusSince)), reasons.map((reason) => Object.entries(reason).sort()), amounts]);
  return naiveLate(stored, arriving) && seen(before) === seen(after) ? 'claim.history_amended' : 'claim.updated';
}

export const naiveLate = (stored: readonly ClaimFact[], arriving: ClaimFact): boolean =>
  stored.some((event) => naiveOrder(arriving, event) < 0);

function micros(time: string): bigint {
  const [seconds, fraction = ''] = time.slice(0, -1).split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

function naiveOrder(a: ClaimFact, b: ClaimFact): number {
  const apart = micros(a.occurredAt) - micros(b.occurredAt);
  if (apart !== 0n) return apart < 0n ? -1 : 1;
  if (a.stageRank !== b.stageRank) return a.stageRank - b.stageRank;
  for (let index = 0; index < Math.max(a.sequence.length, b.sequence.length); index += 1) {
    const step = (a.sequence[index] ?? -1) - (b.sequence[index] ?? -1);
    if (step !== 0) return step;
  }
  return a.eventId === b.eventId ? 0 : a.eventId < b.eventId ? -1 : 1;
}

/** The claim's status after each event. */
const statusCourse = (sorted: readonly ClaimFact[]): ClaimStatus[] =>
  sorted.map((_, index) => {
    const known = sorted.slice(0, index + 1).filter((event) => event.status !== 'unknown');
    return known.at(-1)?.status ?? 'unknown';
  });

const isResubmission = (event: ClaimFact, before: ClaimStatus | undefined): boolean =>
  event.status === 'submitted' && (before === 'rejected' || before === 'submission_failed');

function naiveFlags(sorted: readonly ClaimFact[], course: readonly ClaimStatus[]): string[] {
  const flags = sorted.flatMap((event) => event.flags);
  sorted.forEach((event, index) => {
    const before = course[index - 1];
    if (event.status === 'unknown') flags.push('unknown_status');
    if (before && TRANSITIONS[before][event.status] === 'odd') flags.push('odd_transition');
    if (isGap(event, sorted.slice(0, index), course.slice(0, index))) flags.push('gap');
    const earlier = sorted.slice(0, index).flatMap(({ remittance }) => remittance ?? []);
    if (event.remittance && earlier.some((entry) => isSameEntry(entry, event.remittance!))) {
      flags.push('duplicate_remittance');
    }
  });
  return [...new Set(flags)].sort();
}

function isGap(event: ClaimFact, earlier: readonly ClaimFact[], course: readonly ClaimStatus[]): boolean {
  const claimed = event.claimedPreviousStatus;
  if (claimed === null) return false;
  const now = course.at(-1);
  if (claimed === now || claimed === earlier.at(-1)?.status) return false;
  const statedAgain = event.status === now;
  return !(statedAgain && claimed === course.findLast((status) => status !== now));
}

const thousandths = (amount: string): bigint => {
  const [whole, fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(3, '0'));
};

function asText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(4, '0');
  const text = `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/0$/, '');
  return value < 0n ? `-${text}` : text;
}

const total = (amounts: string[]): string => asText(amounts.map(thousandths).reduce((sum, next) => sum + next, 0n));

const isSameEntry = (a: RemittanceEntry, b: RemittanceEntry): boolean =>
  a.payer === b.payer &&
  a.trace === b.trace &&
  a.productionDate === b.productionDate &&
  a.path === b.path &&
  thousandths(a.billed) === thousandths(b.billed) &&
  thousandths(a.paid) === thousandths(b.paid) &&
  thousandths(a.patientResponsibility) === thousandths(b.patientResponsibility);

function naiveAmounts(sorted: readonly ClaimFact[]) {
  const latest = (field: keyof StatedAmounts): string | null => {
    const stated = sorted.findLast((event) => event.amounts[field] !== null)?.amounts[field];
    return stated ? total([stated]) : null;
  };
  const entries = sorted.flatMap(({ remittance }) => remittance ?? []);
  const counted = entries.filter((entry, index) => index === entries.findIndex((other) => isSameEntry(entry, other)));
  const ofLatestPayer = counted.filter(({ payer }) => payer === counted.at(-1)!.payer);
  return {
    currency: sorted.findLast((event) => event.currency)?.currency ?? null,
    billed: latest('billed'),
    allowed: latest('allowed'),
    approved: latest('approved'),
    paid: counted.length > 0 ? total(counted.map(({ paid }) => paid)) : latest('paid'),
    patientResponsibility:
      counted.length > 0
        ? total(ofLatestPayer.map(({ patientResponsibility }) => patientResponsibility))
        : latest('patientResponsibility'),
  };
}

const distinct = <Value>(values: Value[]): Value[] =>
  values.filter(
    (value, index) => index === values.findIndex((other) => JSON.stringify(value) === JSON.stringify(other)),
  );
