import { keyParts, type ClaimFilter, type Statement } from './list-claims.js';

/** So many claims are sorted by time; with more, walking the list by time meets enough of them soon. */
export const FEW = 2_000;
/** A page of a text that many claims have is found among so many. */
export const AT_HAND = 1_000;

/** The search index knows sequences of three letters or digits. */
const INDEXED = /[a-z0-9]{3}/;
/** Each three letters more are one more list of claims to read, and hardly narrow the search down. */
const INDEXED_LENGTH = 12;

export interface Found {
  claim_key: string;
}

/**
 * Claims with the text somewhere in their key, at most FEW + 1. Materialized: else the planner expects the first FEW rows at
 * the beginning of the table, and reads it to its end for what is rare.
 * @returns null for a text that the index does not know
 */
export function partStatement(tenant: string, q: string): Statement | null {
  const parts = keyParts(q);
  if (!parts.every((part) => INDEXED.test(part.slice(0, INDEXED_LENGTH)))) return null;
  const values: unknown[] = [tenant, FEW + 1];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = parts.map((part) => {
    const indexed = bind(`%${escapeLike(part.slice(0, INDEXED_LENGTH))}%`);
    return `(lower(claim_key) like ${indexed} and position(${bind(part)} in lower(claim_key)) > 0)`;
  });
  return {
    text: `
      with found as materialized (
        select claim_key from claim_search where tenant_id = $1 and (${conditions.join(' or ')}))
      select claim_key from found limit $2`,
    values,
  };
}

/** Claims of which the text is the whole of an alias. */
export function aliasStatement(tenant: string, q: string): Statement {
  const text = `
    with found as materialized (
      select claim_key from claim_search where tenant_id = $1 and aliases @> array[lower($3)])
    select claim_key from found limit $2`;
  return { text, values: [tenant, FEW, q.toWellFormed()] };
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

type Search = Omit<ClaimFilter, 'tenant' | 'status' | 'provider'>;

/**
 * How the list is searched for `q`: a text that many claims have is found `atHand`, among the last changed. Only a page that
 * does not become full that way needs `whole`: the claims that the index names where they are few, else the whole list.
 */
export interface ClaimSearch {
  atHand: Search;
  whole(): Promise<Search>;
}

export async function searchClaims(
  tenant: string,
  q: string,
  query: (statement: Statement) => Promise<Found[]>,
): Promise<ClaimSearch> {
  const keysOf = (found: Found[]) => found.map(({ claim_key }) => claim_key);
  const aliases = keysOf(await query(aliasStatement(tenant, q)));
  const everywhere: Search = { keyPart: q, orKeys: aliases };
  return {
    atHand: { ...everywhere, among: AT_HAND },
    whole: async () => {
      const part = partStatement(tenant, q);
      const found = part && keysOf(await query(part));
      return found && found.length <= FEW ? { onlyKeys: [...new Set([...found, ...aliases])] } : everywhere;
    },
  };
}
