import type { ClaimAccumulator, ClaimFact } from '@claimwire/claim';
import type { Notice } from '@claimwire/contracts';
import type { PoolClient } from '@claimwire/postgres';
import { textArray } from './text-array.js';

export interface StoredClaim {
  version: number;
  accumulator: ClaimAccumulator;
}

export interface EventRow {
  fact: ClaimFact;
  version: number;
  late: boolean;
  /** ClaimEvent, byte for byte as it will be published. */
  message: string;
  laneSeq: bigint;
}

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

export interface NoticeRow {
  notice: Notice;
  message: string;
  laneSeq: bigint;
}

/** Which of these events are stored already. */
export async function storedEventIds(client: PoolClient, eventIds: string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ event_id: string }>(
    'select event_id from claim_events where event_id = any($1::text[])',
    [textArray(eventIds)],
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

/** Locks the claims in key order, so that two transactions can never wait for each other. */
export async function lockClaims(client: PoolClient, claimKeys: string[]): Promise<Map<string, StoredClaim>> {
  const { rows } = await client.query<{ claim_key: string } & StoredClaim>(
    'select claim_key, version, accumulator from claims where claim_key = any($1::text[]) order by claim_key for update',
    [textArray(claimKeys)],
  );
  return new Map(rows.map(({ claim_key, version, accumulator }) => [claim_key, { version, accumulator }]));
}

/** All stored facts of the given claims. */
export async function loadHistories(client: PoolClient, claimKeys: string[]): Promise<Map<string, ClaimFact[]>> {
  const histories = new Map<string, ClaimFact[]>(claimKeys.map((claimKey) => [claimKey, []]));
  if (claimKeys.length === 0) return histories;
  const { rows } = await client.query<{ claim_key: string; fact: ClaimFact }>(
    'select claim_key, fact from claim_events where claim_key = any($1::text[])',
    [textArray(claimKeys)],
  );
  for (const { claim_key, fact } of rows) histories.get(claim_key)?.push(fact);
  return histories;
}

export async function insertEvents(client: PoolClient, laneId: number, rows: readonly EventRow[]): Promise<void> {
  await client.query(
    `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
       lane_id, lane_seq)
     select event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact::jsonb, message, $1, lane_seq
     from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::bool[],
       $9::text[], $10::text[], $11::bigint[])
       as row (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message, lane_seq)`,
    [
      laneId,
      textArray(rows.map(({ fact }) => fact.eventId)),
      textArray(rows.map(({ fact }) => fact.claimKey)),
      textArray(rows.map(({ fact }) => fact.tenant)),
      rows.map(({ version }) => version),
      rows.map(({ fact }) => fact.occurredAt),
      rows.map(({ fact }) => fact.receivedAt),
      rows.map(({ late }) => late),
      textArray(rows.map(({ fact }) => JSON.stringify(fact))),
      textArray(rows.map(({ message }) => message)),
      rows.map(({ laneSeq }) => String(laneSeq)),
    ],
  );
}

export async function upsertClaims(client: PoolClient, rows: readonly ClaimRow[]): Promise<void> {
  await client.query(
    `insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator)
     select claim_key, tenant_id, provider, status, version, state::jsonb, accumulator::jsonb
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[])
       as row (claim_key, tenant_id, provider, status, version, state, accumulator)
     on conflict (claim_key) do update set status = excluded.status, version = excluded.version,
       state = excluded.state, accumulator = excluded.accumulator, updated_at = now()`,
    [
      textArray(rows.map(({ claimKey }) => claimKey)),
      textArray(rows.map(({ tenant }) => tenant)),
      textArray(rows.map(({ provider }) => provider)),
      textArray(rows.map(({ status }) => status)),
      rows.map(({ version }) => version),
      textArray(rows.map(({ state }) => state)),
      textArray(rows.map(({ accumulator }) => JSON.stringify(accumulator))),
    ],
  );
}

/** @returns ids of those that were not stored before */
export async function insertNotices(
  client: PoolClient,
  laneId: number,
  rows: readonly NoticeRow[],
): Promise<Set<string>> {
  const inserted = await client.query<{ id: string }>(
    `insert into notices (id, tenant_id, entity, type, received_at, message, lane_id, lane_seq)
     select id, tenant_id, entity, type, received_at, message, $1, lane_seq
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::bigint[])
       as row (id, tenant_id, entity, type, received_at, message, lane_seq)
     on conflict (id) do nothing returning id`,
    [
      laneId,
      textArray(rows.map(({ notice }) => notice.id)),
      textArray(rows.map(({ notice }) => notice.tenant)),
      textArray(rows.map(({ notice }) => notice.entity)),
      textArray(rows.map(({ notice }) => notice.type)),
      rows.map(({ notice }) => notice.receivedAt),
      textArray(rows.map(({ message }) => message)),
      rows.map(({ laneSeq }) => String(laneSeq)),
    ],
  );
  return new Set(inserted.rows.map(({ id }) => id));
}
