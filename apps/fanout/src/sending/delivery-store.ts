import type { Queryable } from '@claimwire/postgres';
import type { Delivery } from '../lanes/delivery.js';
import type { Ordering } from '../lanes/lane.js';
import { settleBatch } from './settle-batch.js';
import type { Settlement } from './settlement.js';
import { waitsOfClaim } from './waits-of-claim.js';

export interface RefillQuestion {
  webhookId: string;
  ordering: Ordering;
  /** Row ids that are in memory. */
  known: string[];
  limit: number;
  /** Of messages, but for the last of them: one is read whatever its size. */
  maxBytes: number;
}

export interface Refill {
  /** Due, none of them to be sent after one that is not among them. */
  deliveries: Delivery[];
  /** The table has pending ones beside these and the known ones: waiting for their time or for another of their claim. */
  hasOthers: boolean;
  /** Milliseconds until the next one is due; null where none waits for its time. */
  nextDueMs: number | null;
}

interface WaitingRow extends Omit<Delivery, 'webhookId' | 'message' | 'firstTriedAt' | 'receivedAt' | 'traceparent'> {
  message: string | null;
  firstTriedAt: Date | null;
  receivedAt: Date | null;
  traceparent: string | null;
}

/**
 * In the order of the index. Of a claim only the first one that is not in memory: its time may come after that of a later
 * one (it waits for its retry), and then that must wait too. Notices are asked only for what is no claim's event (`offset 0`).
 */
const REFILL = `
with waiting as materialized (
  select d.* from deliveries d
  where d.webhook_id = $1 and d.state = 'pending' and d.next_attempt_at <= now() and d.id <> all($2::bigint[])
    and (not $4::boolean or d.replay_id <> '' or not exists (
      select from deliveries e where ${waitsOfClaim('e', 'd')} and e.version < d.version and e.id <> all($2::bigint[])))
  order by d.next_attempt_at, d.id limit $3),
sized as (
  select w.*, coalesce(e.received_at, n.received_at) as received_at, coalesce(e.message, n.message) as message,
    coalesce(sum(octet_length(coalesce(e.message, n.message))) over (order by w.next_attempt_at, w.id
      rows between unbounded preceding and 1 preceding), 0) as bytes_before
  from waiting w left join claim_events e on e.event_id = w.event_id
    left join lateral (
      select n.received_at, n.message from notices n where n.id = w.event_id and e.event_id is null offset 0) n on true)
select id, tenant_id as tenant, event_id as "eventId", event_type as "eventType", claim_key as "claimKey",
  version, replay_id as "replayId", attempts as tries, first_attempt_at as "firstTriedAt",
  received_at as "receivedAt", traceparent, message
from sized where bytes_before < $5 order by next_attempt_at, id`;

const REMAINDER = `
select exists (select 1 from deliveries where webhook_id = $1 and state = 'pending' and id <> all($2::bigint[])) as others,
  (select extract(epoch from min(next_attempt_at) - now()) * 1000 from deliveries
   where webhook_id = $1 and state = 'pending' and next_attempt_at > now())::float8 as next_due_ms`;

/** `latest_only`: what waits, for its retry too, gives way to a newer one of its claim (`offset 0`: looked up for each). Logged like an attempt. */
const SUPERSEDE = `
with gone as (
  update deliveries d set state = 'superseded', settled_at = now()
  where d.webhook_id = $1 and d.state = 'pending' and d.replay_id = '' and d.id <> all($2::bigint[])
    and exists (select from deliveries n where ${waitsOfClaim('n', 'd')} and n.version > d.version offset 0)
  returning d.id, d.webhook_id, d.tenant_id, d.event_id, d.attempts)
insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, error, phases, request)
select id, webhook_id, tenant_id, event_id, attempts, now(), 'superseded', '{}', '{}' from gone`;

/** Webhooks of the list with something due: one probe of the index each (`offset 0`: never a join with all that is due). */
const DUE = `
select id from unnest($1::text[]) as held (id) where exists (
  select 1 from deliveries d where d.webhook_id = held.id and d.state = 'pending' and d.next_attempt_at <= now() offset 0)`;

/** The deliveries in PostgreSQL. */
export class DeliveryStore {
  constructor(private readonly pool: Queryable) {}

  async refill({ webhookId, ordering, known, limit, maxBytes }: RefillQuestion): Promise<Refill> {
    const ordered = ordering !== 'unordered';
    if (ordering === 'latest_only') await this.pool.query(SUPERSEDE, [webhookId, known]);
    const { rows } = await this.pool.query<WaitingRow>(REFILL, [webhookId, known, limit, ordered, maxBytes]);
    const deliveries = rows.map((row) => toDelivery(webhookId, row));
    if (rows.length === limit) return { deliveries, hasOthers: true, nextDueMs: null };
    const { others, nextDueMs } = await this.remainder(webhookId, [...known, ...rows.map(({ id }) => id)]);
    return { deliveries, hasOthers: others, nextDueMs };
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    await settleBatch(this.pool, settlements);
  }

  async withDue(webhookIds: readonly string[]): Promise<string[]> {
    if (webhookIds.length === 0) return [];
    const { rows } = await this.pool.query<{ id: string }>(DUE, [webhookIds]);
    return rows.map(({ id }) => id);
  }

  /** A statement of its own: what it sees later than the refill only makes it more careful. */
  private async remainder(webhookId: string, known: string[]) {
    const { rows } = await this.pool.query<{ others: boolean; next_due_ms: number | null }>(REMAINDER, [
      webhookId,
      known,
    ]);
    return { others: rows[0]?.others ?? true, nextDueMs: rows[0]?.next_due_ms ?? null };
  }
}

function toDelivery(webhookId: string, row: WaitingRow): Delivery {
  return {
    ...row,
    webhookId,
    firstTriedAt: row.firstTriedAt?.getTime() ?? null,
    receivedAt: row.receivedAt?.toISOString() ?? '',
    traceparent: row.traceparent ?? undefined,
    message: row.message === null ? null : Buffer.from(row.message),
  };
}
