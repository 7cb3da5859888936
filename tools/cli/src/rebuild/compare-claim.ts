import { isDeepStrictEqual } from 'node:util';
import { claimState, FOLD_REVISION, foldClaim, type ClaimAccumulator, type ClaimFact } from '@claimwire/claim';
import type { ClaimState } from '@claimwire/contracts';
import type { ClaimRow } from '@claimwire/postgres';

/** A row of `claims` as it is; null = there are events and no row. */
export interface ProjectedClaim {
  tenant: string;
  provider: string;
  status: string;
  version: number;
  state: ClaimState;
  accumulator: ClaimAccumulator;
}

export interface ClaimWithEvents {
  claimKey: string;
  row: ProjectedClaim | null;
  /** The stored facts, in no order. */
  facts: ClaimFact[];
  /** Greatest version of the stored events; 0 = there are none. */
  newest: number;
}

/** `versions`: the stored events are not numbered 1 … n, or there are none, which no fold can mend. */
export type Difference = 'row' | 'versions' | keyof ProjectedClaim;

export interface Comparison {
  differences: Difference[];
  /** Another revision of the fold made the accumulator: it is made anew with the claim's next event. */
  outdated: boolean;
  /** What the fold of the events says; null where `versions` differ. */
  expected: ClaimRow | null;
}

/** What a jsonb column gives back. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Folds all events of one claim again and compares every column of its row. */
export function compareClaim({ claimKey, row, facts, newest }: ClaimWithEvents): Comparison {
  if (facts.length === 0 || facts.length !== newest) {
    return { differences: ['versions'], outdated: false, expected: null };
  }
  const accumulator = foldClaim(facts);
  const state = claimState(accumulator, facts.length);
  const { tenant, provider, status, version } = state;
  const expected = { claimKey, tenant, provider, status, version, state: JSON.stringify(state), accumulator };
  if (row === null) return { differences: ['row'], outdated: false, expected };
  const outdated = row.accumulator.revision !== FOLD_REVISION;
  const wanted: ProjectedClaim = { tenant, provider, status, version, state, accumulator };
  const columns = (Object.keys(wanted) as (keyof ProjectedClaim)[]).filter(
    (column) => !(outdated && column === 'accumulator') && !isDeepStrictEqual(row[column], asStored(wanted[column])),
  );
  return { differences: columns, outdated, expected };
}
