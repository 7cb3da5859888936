import { isDeepStrictEqual } from 'node:util';
import { FOLD_REVISION, foldClaim, type ClaimAccumulator, type ClaimFact } from '@claimwire/claim';

/** One claim: what was stored of it, and what the raw topics say of it now. */
export interface RawClaim {
  claimKey: string;
  /** The stored accumulator; null = the claim has no row. */
  accumulator: ClaimAccumulator | null;
  /** Facts of the raw topics. */
  raw: ClaimFact[];
  /** Stored facts that were not found in the raw topics. */
  missing: { fact: ClaimFact; expired: boolean }[];
  /** How many facts of the raw topics are stored. */
  known: number;
}

/**
 * same: the whole claim is still in the raw topics, and folds to the same. partly: so does what is left together with the stored
 * events that have expired. expired: nothing of it is left. Then what differs: `state`; `events_missing`: stored, not expired,
 * and no longer said by any raw message; `events_extra`: said by a raw message that the normaliser has passed, and not stored.
 */
export type RawVerdict = 'same' | 'partly' | 'expired' | 'state' | 'events_missing' | 'events_extra';

export function compareRaw({ accumulator, raw, missing, known }: RawClaim): RawVerdict {
  if (raw.length > known || accumulator === null) return 'events_extra';
  if (missing.some(({ expired }) => !expired)) return 'events_missing';
  if (raw.length === 0) return 'expired';
  const folded = foldClaim([...raw, ...missing.map(({ fact }) => fact)]);
  if (!isDeepStrictEqual(withoutArrival(folded), withoutArrival(accumulator))) return 'state';
  return missing.length > 0 ? 'partly' : 'same';
}

/** Versions are no part of an accumulator; the other side is in the form that a jsonb column gives back. */
function withoutArrival(accumulator: ClaimAccumulator): unknown {
  const arrivalAside = { ...accumulator, firstReceivedAt: '', lastReceivedAt: '', revision: FOLD_REVISION };
  return JSON.parse(JSON.stringify(arrivalAside));
}
