import { needsHistory, planClaim, type ClaimFact, type ClaimPlan, type PlannedEvent } from '@claimwire/claim';
import type { ArrivedFact } from '@claimwire/normalizing';
import type { ClaimRow, StoredClaim } from '@claimwire/postgres';

export interface PlannedBatch {
  /** In order of arrival. */
  events: PlannedEvent[];
  /** One for each claim that got events. */
  claims: ClaimRow[];
}

/** Of a batch, what is not stored yet and not repeated within it; order of arrival is kept. */
export function withoutDuplicates(arrived: readonly ArrivedFact[], stored: ReadonlySet<string>): ArrivedFact[] {
  const seen = new Set(stored);
  return arrived.filter(({ fact }) => {
    if (seen.has(fact.eventId)) return false;
    seen.add(fact.eventId);
    return true;
  });
}

export function groupByClaim(facts: readonly ClaimFact[]): Map<string, ClaimFact[]> {
  const groups = new Map<string, ClaimFact[]>();
  for (const fact of facts) {
    const group = groups.get(fact.claimKey);
    if (group) group.push(fact);
    else groups.set(fact.claimKey, [fact]);
  }
  return groups;
}

/** Claims whose stored events must be read: one of the new ones is late. */
export function claimsInNeedOfHistory(
  groups: ReadonlyMap<string, ClaimFact[]>,
  stored: ReadonlyMap<string, StoredClaim>,
): string[] {
  return [...groups]
    .filter(([key, facts]) => needsHistory(stored.get(key)?.accumulator ?? null, facts))
    .map(([key]) => key);
}

/** Versions, messages and states for a batch, claim by claim; pure. */
export function planClaims(
  facts: readonly ClaimFact[],
  groups: ReadonlyMap<string, ClaimFact[]>,
  stored: ReadonlyMap<string, StoredClaim>,
  histories: ReadonlyMap<string, ClaimFact[]>,
): PlannedBatch {
  const byEvent = new Map<string, PlannedEvent>();
  const claims: ClaimRow[] = [];
  for (const [claimKey, incoming] of groups) {
    const { accumulator = null, version = 0 } = stored.get(claimKey) ?? {};
    const plan = planClaim({ accumulator, version, history: histories.get(claimKey) ?? null, incoming });
    for (const event of plan.events) byEvent.set(event.fact.eventId, event);
    claims.push(claimRow(plan));
  }
  return { events: facts.map(({ eventId }) => byEvent.get(eventId) as PlannedEvent), claims };
}

function claimRow({ state, version, accumulator }: ClaimPlan): ClaimRow {
  const { claimKey, tenant, provider, status } = state;
  return { claimKey, tenant, provider, status, version, state: JSON.stringify(state), accumulator };
}
