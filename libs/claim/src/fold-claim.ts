import type { Alias, Timestamp } from '@claimwire/contracts';
import type { ClaimAccumulator } from './claim-accumulator.js';
import { FOLD_REVISION } from './claim-accumulator.js';
import type { ClaimFact } from './claim-fact.js';
import { addFlags, FOLD_FLAGS } from './flags.js';
import { foldAmounts } from './fold-amounts.js';
import { foldStatus, statusFlags } from './fold-status.js';
import { compareInstants } from './instant.js';
import type { OrderKey } from './order.js';
import { compareFacts, compareKeys, orderKey } from './order.js';

function addAliases(known: readonly Alias[], stated: readonly Alias[]): readonly Alias[] {
  let union = known;
  for (const alias of stated) {
    const isKnown = union.some(({ system, value }) => system === alias.system && value === alias.value);
    if (!isKnown) union = [...union, alias];
  }
  return union;
}

const earlier = (a: Timestamp, b: Timestamp): Timestamp => (compareInstants(b, a) < 0 ? b : a);
const later = (a: Timestamp, b: Timestamp): Timestamp => (compareInstants(b, a) > 0 ? b : a);

/**
 * The accumulator after one more event of its claim. The event must be the last in order: see `isAfter`; where it is not,
 * the claim is folded again from its history.
 */
export function applyFact(
  before: ClaimAccumulator | null,
  fact: ClaimFact,
  last: OrderKey = orderKey(fact),
): ClaimAccumulator {
  const { amounts, ledger, duplicate } = foldAmounts(before, fact);
  const noticed = statusFlags(before, fact);
  if (duplicate) noticed.push(FOLD_FLAGS.duplicateRemittance);
  return {
    revision: FOLD_REVISION,
    claimKey: fact.claimKey,
    tenant: fact.tenant,
    provider: fact.provider,
    last,
    ...foldStatus(before, fact),
    flags: addFlags(addFlags(before?.flags ?? [], fact.flags), noticed),
    amounts,
    ledger,
    payment: fact.payment ?? before?.payment ?? null,
    lines: fact.lines.length > 0 ? fact.lines : (before?.lines ?? []),
    serviceDates: fact.serviceDates ?? before?.serviceDates ?? null,
    aliases: addAliases(before?.aliases ?? [], fact.aliases),
    firstReceivedAt: before === null ? fact.receivedAt : earlier(before.firstReceivedAt, fact.receivedAt),
    lastReceivedAt: before === null ? fact.receivedAt : later(before.lastReceivedAt, fact.receivedAt),
  };
}

/** Whether the event follows everything in the accumulator: then `applyFact` gives what a full fold would. */
export function isAfter(accumulator: ClaimAccumulator | null, fact: ClaimFact): boolean {
  return accumulator === null || compareKeys(orderKey(fact), accumulator.last) > 0;
}

/** The claim's events in order, each id once. */
export function inOrder(facts: readonly ClaimFact[]): ClaimFact[] {
  const seen = new Set<string>();
  return facts.toSorted(compareFacts).filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
}

/**
 * What a set of events says about their claim, whatever order they are given in and however often (SPEC, L1).
 * @throws RangeError for no events: a claim without events does not exist
 */
export function foldClaim(facts: readonly ClaimFact[]): ClaimAccumulator {
  let accumulator: ClaimAccumulator | null = null;
  for (const fact of inOrder(facts)) accumulator = applyFact(accumulator, fact);
  if (accumulator === null) throw new RangeError('a claim has at least one event');
  return accumulator;
}
