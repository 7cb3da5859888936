import { createHash } from 'node:crypto';
import { QUARANTINE_TOPIC, TOPICS, type MessageHeaders } from '@claimwire/contracts';
import type { BatchMessage, LaneBatch } from '@claimwire/kafka';
import { claimKeyOf, readHeaders, type ConnectionView } from '@claimwire/normalizing';
import { inTransaction, type LaneStore, type Pool, type PoolClient } from '@claimwire/postgres';
import { QUARANTINE_HEADERS } from './quarantine-record.js';

export interface QuarantineRow {
  id: string;
  tenant: string;
  connection: string;
  ceId: string;
  ceType: string;
  reason: string;
  stage: string;
  sourceTopic: string | null;
  sourcePartition: number | null;
  sourceOffset: string | null;
  /** The claim that stays incomplete meanwhile; null = it is about none, or nobody can say. */
  claimKey: string | null;
  offset: string;
  receivedAt: string;
  /** When the topic's retention removes the bytes. */
  expiresAt: string;
}

const RETENTION_MS = Number(TOPICS.find(({ name }) => name === QUARANTINE_TOPIC)?.config['retention.ms']);

/** Where a message has no header of ours, for example one that somebody else wrote to the topic. */
const UNKNOWN = '';

/**
 * The row for one quarantined message. Its id is the same when the same message is quarantined twice, as after a crash
 * between the write to the topic and the commit; what the ingress writes has no place in a source topic yet, so each is new.
 */
export function quarantineRow(
  message: BatchMessage,
  topic: string,
  partition: number,
  connections: ReadonlyMap<string, ConnectionView> = new Map(),
): QuarantineRow {
  const headers = readHeaders(message);
  const extra = headers?.extra ?? {};
  const sourceTopic = extra[QUARANTINE_HEADERS.topic] ?? null;
  const sourcePartition = extra[QUARANTINE_HEADERS.partition] ?? null;
  const sourceOffset = extra[QUARANTINE_HEADERS.offset] ?? null;
  const place =
    sourceOffset === null ? [topic, partition, message.offset] : [sourceTopic, sourcePartition, sourceOffset];
  return {
    id: `qua_${createHash('sha256').update(place.join('/')).digest('hex').slice(0, 32)}`,
    tenant: headers?.tenant ?? UNKNOWN,
    connection: headers?.connection ?? UNKNOWN,
    ceId: headers?.id ?? UNKNOWN,
    ceType: headers?.type ?? UNKNOWN,
    reason: extra[QUARANTINE_HEADERS.reason] ?? 'unknown',
    stage: extra[QUARANTINE_HEADERS.stage] ?? 'unknown',
    sourceTopic,
    sourcePartition: sourcePartition === null ? null : Number(sourcePartition),
    sourceOffset,
    claimKey: claimOf(message, headers, sourceTopic, connections),
    offset: String(message.offset),
    receivedAt: headers?.time ?? new Date(message.timestamp).toISOString(),
    expiresAt: new Date(message.timestamp + RETENTION_MS).toISOString(),
  };
}

function claimOf(
  { key }: BatchMessage,
  headers: MessageHeaders | null,
  sourceTopic: string | null,
  connections: ReadonlyMap<string, ConnectionView>,
): string | null {
  const connection = headers && connections.get(headers.connection);
  if (!connection || sourceTopic === null) return null;
  return claimKeyOf(sourceTopic, key?.toString() ?? '', headers, connection.settings);
}

/** Makes claims.quarantine.v1 searchable; the bytes stay on the topic. */
export function indexQuarantine(
  pool: Pool,
  store: LaneStore,
  batch: LaneBatch,
  connections?: ReadonlyMap<string, ConnectionView>,
): Promise<QuarantineRow[]> {
  const rows = batch.messages.map((message) => quarantineRow(message, batch.topic, batch.partition, connections));
  return inTransaction(pool, async (client) => {
    await store.advance(client, batch.lane, batch.nextOffset);
    await insertRows(client, batch, rows);
    return rows;
  });
}

/**
 * An event that was quarantined before, as after a retry that failed again, follows on its earlier item. Rows are one per id:
 * what a crash wrote twice is not a second attempt.
 */
const INSERT = `
  with row as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
      $11::int[], $12::bigint[], $13::bigint[], $14::timestamptz[], $15::timestamptz[], $16::text[])
      as row (id, tenant, connection, ce_id, ce_type, reason, stage, source_topic, source_partition, source_offset,
        "offset", received_at, expires_at, claim_key)
    where not exists (select 1 from quarantine known where known.id = row.id)
  )
  insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, source_topic, source_partition,
    source_offset, topic, partition, "offset", received_at, expires_at, claim_key, attempt, previous_id)
  select id, tenant, connection, ce_id, ce_type, reason, stage, source_topic, source_partition, source_offset, $1, $2,
    "offset", received_at, expires_at, claim_key,
    coalesce(earlier.attempt, 0) + case when ce_id = '' then 1 else row_number() over same_event end,
    case when ce_id <> '' then coalesce(lag(id) over same_event, earlier.earlier_id) end
  from row
  left join lateral (
    select item.id as earlier_id, item.attempt from quarantine item
    where item.tenant_id = row.tenant and item.ce_id = row.ce_id and row.ce_id <> ''
    order by item.attempt desc limit 1
  ) earlier on true
  window same_event as (partition by tenant, ce_id order by "offset")
  on conflict do nothing`;

async function insertRows(client: PoolClient, { topic, partition }: LaneBatch, rows: readonly QuarantineRow[]) {
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  const column = <T>(read: (row: QuarantineRow) => T) => unique.map(read);
  await client.query(INSERT, [
    topic,
    partition,
    column(({ id }) => id),
    column(({ tenant }) => tenant),
    column(({ connection }) => connection),
    column(({ ceId }) => ceId),
    column(({ ceType }) => ceType),
    column(({ reason }) => reason),
    column(({ stage }) => stage),
    column(({ sourceTopic }) => sourceTopic),
    column(({ sourcePartition }) => sourcePartition),
    column(({ sourceOffset }) => sourceOffset),
    column(({ offset }) => offset),
    column(({ receivedAt }) => receivedAt),
    column(({ expiresAt }) => expiresAt),
    column(({ claimKey }) => claimKey),
  ]);
}
