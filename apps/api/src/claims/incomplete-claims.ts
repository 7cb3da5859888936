import type { ClaimState } from '@claimwire/contracts';
import type { Statement } from './list-claims.js';

/** Beside the fold's flags, which depend on the stored events alone: something was received of the claim that is not among them. */
export const INCOMPLETE = 'incomplete';

/** The quarantine cannot tell Stedi's test claims from the others (libs/normalizing). */
const quarantineKey = (claimKey: string): string => claimKey.replace(/^([^/]+)\/stedi-test\//, '$1/stedi/');

/** Flags the claims of which a message is in quarantine, neither retried nor discarded. */
export async function flagIncomplete(
  states: readonly ClaimState[],
  query: (statement: Statement) => Promise<{ claim_key: string }[]>,
): Promise<ClaimState[]> {
  if (states.length === 0) return [];
  const keys = states.map(({ claimKey }) => quarantineKey(claimKey));
  const rows = await query({
    text: `select distinct claim_key from quarantine where claim_key = any($1::text[]) and status = 'open'`,
    values: [keys],
  });
  const incomplete = new Set(rows.map(({ claim_key }) => claim_key));
  return states.map((state) =>
    incomplete.has(quarantineKey(state.claimKey)) ? { ...state, flags: [...state.flags, INCOMPLETE].sort() } : state,
  );
}
