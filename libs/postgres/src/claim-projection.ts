import type { ClaimAccumulator, ClaimFact } from '@claimwire/claim';
import { intArray } from './fixed-array.js';
import { withValues, type KeptStatement } from './kept-statement.js';
import type { PoolClient, Queryable } from './pool.js';
import { textArray } from './text-array.js';

/** A claim as the fold left it. */
export interface StoredClaim {
  version: number;
  accumulator: ClaimAccumulator;
}

/** A row of `claims`, all of it the fold's. */
export interface ClaimRow {
  claimKey: string;
  tenant: string;
  provider: string;
  status: string;
  version: number;
  /** ClaimState as published. */
  state: string;
  accumulator: ClaimAccumulator;
}

const LOCK: KeptStatement = {
  name: 'claims_lock',
  text: 'select claim_key, version, accumulator from claims where claim_key = any($1::text[]) order by claim_key for update',
};

const HISTORIES: KeptStatement = {
  name: 'claims_histories',
  text: 'select claim_key, fact from claim_events where claim_key = any($1::text[])',
};

const UPSERT: KeptStatement = {
  name: 'claims_upsert',
  text: `insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator)
    select claim_key, tenant_id, provider, status, version, state::jsonb, accumulator::jsonb
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[])
      as row (claim_key, tenant_id, provider, status, version, state, accumulator)
    on conflict (claim_key) do update set status = excluded.status, version = excluded.version,
      state = excluded.state, accumulator = excluded.accumulator, updated_at = now()`,
};

/** Locks the claims in key order, so that two transactions can never wait for each other. */
export async function lockClaims(client: PoolClient, claimKeys: string[]): Promise<Map<string, StoredClaim>> {
  const { rows } = await client.query<{ claim_key: string } & StoredClaim>(
    withValues(LOCK, [textArray(claimKeys)], claimKeys.length),
  );
  return new Map(rows.map(({ claim_key, version, accumulator }) => [claim_key, { version, accumulator }]));
}

/** All stored facts of the given claims. */
export async function loadHistories(client: Queryable, claimKeys: string[]): Promise<Map<string, ClaimFact[]>> {
  const histories = new Map<string, ClaimFact[]>(claimKeys.map((claimKey) => [claimKey, []]));
  if (claimKeys.length === 0) return histories;
  const { rows } = await client.query<{ claim_key: string; fact: ClaimFact }>(
    withValues(HISTORIES, [textArray(claimKeys)], claimKeys.length),
  );
  for (const { claim_key, fact } of rows) histories.get(claim_key)?.push(fact);
  return histories;
}

export async function upsertClaims(client: PoolClient, rows: readonly ClaimRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = [
    textArray(rows.map(({ claimKey }) => claimKey)),
    textArray(rows.map(({ tenant }) => tenant)),
    textArray(rows.map(({ provider }) => provider)),
    textArray(rows.map(({ status }) => status)),
    intArray(rows.map(({ version }) => version)),
    textArray(rows.map(({ state }) => state)),
    textArray(rows.map(({ accumulator }) => JSON.stringify(accumulator))),
  ];
  await client.query(withValues(UPSERT, columns, rows.length));
}
