import type { ClaimEvent } from '@claimwire/contracts';

export interface DeliveryFlaws {
  /** Claims of which something never arrived. */
  lost: string[];
  /** Versions that arrived after a later one of their claim. */
  outOfOrder: string[];
  /** Deliveries of events that had arrived before. */
  repeated: number;
}

/**
 * What a receiver got, compared with what was accepted: each claim's versions from 1 to the number of its events, in order. A
 * delivery that is made again right after itself is no breach of order.
 */
export function checkDeliveries(
  accepted: ReadonlyMap<string, number>,
  events: readonly Pick<ClaimEvent, 'claimKey' | 'version'>[],
): DeliveryFlaws {
  const last = new Map<string, number>();
  const outOfOrder: string[] = [];
  let repeated = 0;
  for (const { claimKey, version } of events) {
    const before = last.get(claimKey) ?? 0;
    if (version <= before) repeated += 1;
    if (version !== before && version !== before + 1) outOfOrder.push(`${claimKey}: ${version} after ${before}`);
    last.set(claimKey, Math.max(before, version));
  }
  const lost = [...accepted].flatMap(([claimKey, count]) => {
    const newest = last.get(claimKey) ?? 0;
    return newest === count ? [] : [`${claimKey}: ${newest} of ${count}`];
  });
  return { lost, outOfOrder, repeated };
}
