import { cairStatusChange } from '@claimwire/testkit';

export interface ClaimTraffic {
  claimIds: string[];
  /** Bodies in the order of sending: shuffled, some twice. */
  bodies: object[];
}

const at = (minute: number): string => new Date(Date.UTC(2025, 2, 11, 14, minute)).toISOString();

/** A pseudo-random order that a failing run can repeat. */
function shuffle<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: Math.sin(seed + index * 7919) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** CAIR claims that are submitted, rejected and submitted again: out of order, and every fifth webhook twice. */
export function cairTraffic(claims: number, seed = 1): ClaimTraffic {
  const claimIds = Array.from({ length: claims }, (_, index) => `claim-${seed}-${index}`);
  const events = claimIds.flatMap((claimFhirId) => {
    const change = { claimFhirId, claimLifecycleId: `lifecycle-of-${claimFhirId}` };
    return [
      cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: at(10) }),
      cairStatusChange({ ...change, newStatus: 'Rejected', timestamp: at(20), statusCode277: '12' }),
      cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: at(30) }),
    ];
  });
  const repeated = events.filter((_, index) => index % 5 === 0);
  return { claimIds, bodies: shuffle([...events, ...repeated], seed) };
}

/** Distinct events of one claim above. */
export const EVENTS_PER_CLAIM = 3;
