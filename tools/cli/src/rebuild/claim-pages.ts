import type { ClaimFact } from '@claimwire/claim';
import { textArray, type Queryable } from '@claimwire/postgres';
import type { ClaimWithEvents, ProjectedClaim } from './compare-claim.js';

interface Row extends ProjectedClaim {
  claim_key: string;
  known: boolean;
  facts: ClaimFact[] | null;
  newest: number | null;
}

/** One statement, so one snapshot: a normaliser at work cannot come between a claim and its events. */
const withEvents = (claims: string): string => `
  select page.claim_key, tenant_id as tenant, provider, status, page.version, state, accumulator, known, facts, newest
  from (${claims}) page
  left join lateral (
    select json_agg(fact) as facts, max(version) as newest from claim_events where claim_key = page.claim_key
  ) events on true
  order by page.claim_key`;

const COLUMNS = 'claim_key, tenant_id, provider, status, version, state, accumulator, true as known';

/** The claims after `after` by key with all their events, at most `size` of them. */
export async function claimPage(database: Queryable, after: string, size: number): Promise<ClaimWithEvents[]> {
  const { rows } = await database.query<Row>(
    withEvents(`select ${COLUMNS} from claims where claim_key > $1 order by claim_key limit $2`),
    [after, size],
  );
  return rows.map(toClaim);
}

/** The given claims, rows or none, with all their events. */
export async function claimsByKey(database: Queryable, claimKeys: readonly string[]): Promise<ClaimWithEvents[]> {
  const { rows } = await database.query<Row>(
    withEvents(`
      select wanted.claim_key, tenant_id, provider, status, version, state, accumulator, known is true as known
      from unnest($1::text[]) as wanted (claim_key)
      left join (select ${COLUMNS} from claims) stored using (claim_key)`),
    [textArray(claimKeys)],
  );
  return rows.map(toClaim);
}

/** Claims that have events and no row, by key. */
export async function orphanPage(database: Queryable, after: string, size: number): Promise<string[]> {
  const { rows } = await database.query<{ claim_key: string }>(
    `select distinct claim_key from claim_events event
     where claim_key > $1 and not exists (select 1 from claims where claims.claim_key = event.claim_key)
     order by claim_key limit $2`,
    [after, size],
  );
  return rows.map(({ claim_key }) => claim_key);
}

export async function claimCount(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ count: string }>('select count(*) from claims');
  return Number(rows[0]?.count);
}

function toClaim({ claim_key, known, facts, newest, ...columns }: Row): ClaimWithEvents {
  const { tenant, provider, status, version, state, accumulator } = columns;
  const row = known ? { tenant, provider, status, version, state, accumulator } : null;
  return { claimKey: claim_key, row, facts: facts ?? [], newest: newest ?? 0 };
}
