import { CLAIM_STATUSES } from '@claimwire/contracts';

/** Filters of the list; absent = all. */
export interface ClaimFilter {
  tenant: string;
  status?: string | undefined;
  provider?: string | undefined;
  /** Part of the claim key, in any case; a claim of `orKeys` need not have it. */
  keyPart?: string | undefined;
  orKeys?: readonly string[] | undefined;
  /** Only these claims. */
  onlyKeys?: readonly string[] | undefined;
  /** Looks for `keyPart` among so many only, the last changed that pass the other filters; with one filter, of each kind. */
  among?: number | undefined;
}

/** Place of the last claim of the page before. */
export interface ListPlace {
  /** PostgreSQL's text of updated_at: a Date would lose its microseconds. */
  changed: string;
  claimKey: string;
}

export interface Statement {
  text: string;
  values: unknown[];
}

/** Providers of the tenant's claims: one look into the index for each (PostgreSQL has no skipping "distinct"). */
const heldProviders = (tenant: string): string => `
  with recursive held as (
    (select min(provider) as provider from claims where tenant_id = ${tenant})
    union all
    select (select min(provider) from claims where tenant_id = ${tenant} and provider > held.provider)
    from held where held.provider is not null)`;

/**
 * One page, last changed first. Each filter has an index in this order (docs/query-plans.md). With only one of status and
 * provider given, the index has the order for each value of the other: the page is merged from theirs. Keys are chosen
 * from the index alone, before the states of the chosen are read.
 */
export function listStatement(filter: ClaimFilter, place: ListPlace | null, limit: number): Statement {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const tenant = bind(filter.tenant);
  const most = bind(limit);
  const { status, provider } = filter;
  const order = 'order by updated_at desc, claim_key';
  const also = [`tenant_id = ${tenant}`, ...placeConditions(place, bind), ...onlyConditions(filter, bind)];
  const match = matchConditions(filter, bind);
  const among = filter.among === undefined ? null : bind(filter.among);
  const from = (conditions: string[]) =>
    `select claim_key, updated_at from claims where ${conditions.join(' and ')} ${order}`;
  const page = (given: string[]) =>
    among === null
      ? `${from([...also, ...given, ...match])} limit ${most}`
      : `select * from (${from([...also, ...given])} limit ${among}) as first where ${match.join(' and ')} ${order} limit ${most}`;
  const merge = (source: string, given: string[]) => `
    select page.* from ${source}, lateral (${page(given)}) as page
    order by page.updated_at desc, page.claim_key limit ${most}`;
  const chosen = (): { head: string; body: string } => {
    const given = [
      ...(provider === undefined ? [] : [`provider = ${bind(provider)}`]),
      ...(status === undefined ? [] : [`status = ${bind(status)}`]),
    ];
    if (given.length !== 1 || filter.onlyKeys !== undefined) return { head: '', body: page(given) };
    if (provider === undefined) {
      return { head: heldProviders(tenant), body: merge('held', ['provider = held.provider', ...given]) };
    }
    const statuses = `unnest(${bind([...CLAIM_STATUSES])}::text[]) as any_status (value)`;
    return { head: '', body: merge(statuses, [...given, 'status = any_status.value']) };
  };
  const { head, body } = chosen();
  const text = `${head}
    select claim_key, claims.state, chosen.updated_at::text as changed
    from (${body}) as chosen join claims using (claim_key)
    order by chosen.updated_at desc, claim_key`;
  return { text, values };
}

type Bind = (value: unknown) => string;

function placeConditions(place: ListPlace | null, bind: Bind): string[] {
  if (place === null) return [];
  const changed = `${bind(place.changed)}::timestamptz`;
  // the first half is for the index: it knows no condition on a pair that is sorted in two directions
  return [`updated_at <= ${changed}`, `(updated_at < ${changed} or claim_key > ${bind(place.claimKey)})`];
}

const onlyConditions = ({ onlyKeys }: ClaimFilter, bind: Bind): string[] =>
  onlyKeys === undefined ? [] : [`claim_key = any(${bind(onlyKeys)}::text[])`];

function matchConditions({ keyPart, orKeys = [] }: ClaimFilter, bind: Bind): string[] {
  if (keyPart === undefined) return [];
  const parts = keyParts(keyPart).map((part) => `position(${bind(part)} in lower(claim_key)) > 0`);
  const others = orKeys.length > 0 ? [`claim_key = any(${bind(orKeys)}::text[])`] : [];
  return [`(${[...parts, ...others].join(' or ')})`];
}

/** What is typed may be the id as the provider writes it, or as it stands in the key. */
export const keyParts = (q: string): string[] => [
  ...new Set([q.toLowerCase(), encodeURIComponent(q.toWellFormed()).toLowerCase()]),
];
