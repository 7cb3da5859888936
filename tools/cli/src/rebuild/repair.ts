import { inTransaction, lockClaims, upsertClaims, type ClaimRow, type Pool } from '@claimwire/postgres';
import { claimsByKey } from './claim-pages.js';
import { compareClaim } from './compare-claim.js';

export interface Repaired {
  repaired: string[];
  /** Their events are not numbered 1 … n: only a backup helps. */
  beyondRepair: string[];
}

/**
 * Writes what the fold of the stored events says into the rows of these claims. The version stays: it is the number of the
 * events. Each row is locked before its events are read, as the normaliser does, so that neither overwrites the other.
 */
export function repair(pool: Pool, claimKeys: readonly string[]): Promise<Repaired> {
  return inTransaction(pool, async (client) => {
    await lockClaims(client, [...claimKeys]);
    const rows: ClaimRow[] = [];
    const beyondRepair: string[] = [];
    for (const claim of await claimsByKey(client, claimKeys)) {
      const { differences, expected } = compareClaim(claim);
      if (expected === null) beyondRepair.push(claim.claimKey);
      else if (differences.length > 0) rows.push(expected);
    }
    if (rows.length > 0) await upsertClaims(client, rows);
    return { repaired: rows.map(({ claimKey }) => claimKey), beyondRepair };
  });
}
