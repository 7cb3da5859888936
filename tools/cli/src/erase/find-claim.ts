import { formatClaimKey, parseClaimKey } from '@claimwire/contracts';
import type { Queryable } from '@claimwire/postgres';
import { UsageError } from '../usage-error.js';

export interface ClaimNamed {
  tenant: string;
  /** The whole claim key, or the provider's claim id. */
  claim: string;
  provider: string | undefined;
}

/**
 * The key of the claim that is meant. Nothing needs to be stored of it: an erasure that was cut short goes on, and a claim can be
 * erased before its first event comes.
 * @throws UsageError where several claims of the tenant have the id, or none and no provider is given; it names no id
 */
export async function findClaim(client: Queryable, { tenant, claim, provider }: ClaimNamed): Promise<string> {
  if (provider !== undefined) return formatClaimKey({ tenant, provider, claimId: claim });
  if (isKeyOf(tenant, claim)) return claim;
  const { rows } = await client.query<{ provider: string }>(
    `select split_part(claim_key, '/', 2) as provider from claim_search
     where tenant_id = $1 and lower(claim_key) like '%' || lower($2) and right(claim_key, length($3)) = $3 order by 1`,
    [tenant, escapeLike(suffix(claim)), suffix(claim)],
  );
  const [only, ...others] = rows.map((row) => decodeURIComponent(row.provider));
  if (only === undefined) {
    throw new UsageError('The tenant has no such claim. With --provider its events are kept out all the same.');
  }
  if (others.length > 0)
    throw new UsageError(`Claims of ${[only, ...others].join(', ')} have this id: say --provider.`);
  return formatClaimKey({ tenant, provider: only, claimId: claim });
}

const suffix = (claimId: string): string => `/${encodeURIComponent(claimId.toWellFormed())}`;
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function isKeyOf(tenant: string, text: string): boolean {
  try {
    return parseClaimKey(text).tenant === tenant && formatClaimKey(parseClaimKey(text)) === text;
  } catch {
    return false;
  }
}
