import type { ClaimFact } from '@claimwire/claim';
import type { Notice } from '@claimwire/contracts';
import {
  bigintArray,
  booleanArray,
  intArray,
  textArray,
  timestampArray,
  withValues,
  type KeptStatement,
  type PoolClient,
} from '@claimwire/postgres';

export interface EventRow {
  fact: ClaimFact;
  version: number;
  late: boolean;
  /** ClaimEvent, byte for byte as it will be published. */
  message: string;
  laneSeq: bigint;
}

export interface NoticeRow {
  notice: Notice;
  message: string;
  laneSeq: bigint;
}

const STORED_IDS: KeptStatement = {
  name: 'claim_events_stored',
  text: 'select event_id from claim_events where event_id = any($1::text[])',
};

const INSERT_EVENTS: KeptStatement = {
  name: 'claim_events_insert',
  text: `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
      lane_id, lane_seq)
    select event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact::jsonb, message, $1, lane_seq
    from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::bool[],
      $9::text[], $10::text[], $11::bigint[])
      as row (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message, lane_seq)`,
};

const INSERT_NOTICES: KeptStatement = {
  name: 'notices_insert',
  text: `insert into notices (id, tenant_id, entity, type, received_at, message, lane_id, lane_seq)
    select id, tenant_id, entity, type, received_at, message, $1, lane_seq
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::bigint[])
      as row (id, tenant_id, entity, type, received_at, message, lane_seq)
    on conflict (id) do nothing returning id`,
};

/** Which of these events are stored already. */
export async function storedEventIds(client: PoolClient, eventIds: string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ event_id: string }>(
    withValues(STORED_IDS, [textArray(eventIds)], eventIds.length),
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

export async function insertEvents(client: PoolClient, laneId: number, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = [
    laneId,
    textArray(rows.map(({ fact }) => fact.eventId)),
    textArray(rows.map(({ fact }) => fact.claimKey)),
    textArray(rows.map(({ fact }) => fact.tenant)),
    intArray(rows.map(({ version }) => version)),
    timestampArray(rows.map(({ fact }) => fact.occurredAt)),
    timestampArray(rows.map(({ fact }) => fact.receivedAt)),
    booleanArray(rows.map(({ late }) => late)),
    textArray(rows.map(({ fact }) => JSON.stringify(fact))),
    textArray(rows.map(({ message }) => message)),
    bigintArray(rows.map(({ laneSeq }) => laneSeq)),
  ];
  await client.query(withValues(INSERT_EVENTS, values, rows.length));
}

/** @returns ids of those that were not stored before */
export async function insertNotices(
  client: PoolClient,
  laneId: number,
  rows: readonly NoticeRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const values = [
    laneId,
    textArray(rows.map(({ notice }) => notice.id)),
    textArray(rows.map(({ notice }) => notice.tenant)),
    textArray(rows.map(({ notice }) => notice.entity)),
    textArray(rows.map(({ notice }) => notice.type)),
    timestampArray(rows.map(({ notice }) => notice.receivedAt)),
    textArray(rows.map(({ message }) => message)),
    bigintArray(rows.map(({ laneSeq }) => laneSeq)),
  ];
  const inserted = await client.query<{ id: string }>(withValues(INSERT_NOTICES, values, rows.length));
  return new Set(inserted.rows.map(({ id }) => id));
}
