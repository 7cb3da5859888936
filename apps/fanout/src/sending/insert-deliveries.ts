import type { EventFacts } from '@claimwire/contracts';
import {
  intArray,
  textArray,
  withValues,
  type KeptStatement,
  type Lane,
  type PoolClient,
  type Queryable,
} from '@claimwire/postgres';

export const DELIVERIES_CHANNEL = 'deliveries';

/** A delivery that is to be: one event for one webhook. */
export interface NewDelivery {
  webhookId: string;
  facts: EventFacts;
  /** Stored with it, so that every try is of the webhook's trace, whoever makes it and when; absent where tracing is off. */
  traceparent?: string;
}

export interface Inserted {
  id: string;
  webhookId: string;
  eventId: string;
}

/** What a batch takes for given; see `intake`. */
export interface IntakePlace {
  lane: Lane;
  nextOffset: bigint;
  /** `configuration_version` that the deliveries were matched by. */
  version: bigint;
  /** Tells the other replicas that they have something to send; null = nothing. */
  wake: string | null;
}

/**
 * `on conflict`: a repeated message makes no second delivery. The order of the rows is that of the ids. An event of a claim
 * that was erased stays on its topic for a while, and makes none: where anything was erased, an event must be stored (a
 * notice, which has no version, need not), which is looked up event by event (`offset 0`).
 */
const insertFrom = (source: string) => `
insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, traceparent)
select t, w, e, y, k, v, nullif(p, '')
from ${source} unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[])
  with ordinality as new (t, w, e, y, k, v, p, n)
where v = 0 or not exists (select from erasure_keys) or exists (select from claim_events where event_id = e offset 0) order by n
on conflict (webhook_id, event_id, replay_id) do nothing
returning id, webhook_id as "webhookId", event_id as "eventId"`;

const INSERT: KeptStatement = { name: 'deliveries_insert', text: insertFrom('') };

const INTAKE: KeptStatement = {
  name: 'deliveries_intake',
  text: `
with lane as (
  update consumer_lanes set next_offset = $10
  where id = $8 and epoch = $9 and (select last_value from configuration_version) = $11
  returning case when $12::text is not null then pg_notify('${DELIVERIES_CHANNEL}', $12)::text end as told
), inserted as (${insertFrom('lane,')})
select inserted.* from lane left join inserted on true`,
};

const columnsOf = (deliveries: readonly NewDelivery[]) => [
  textArray(deliveries.map(({ facts }) => facts.tenant)),
  textArray(deliveries.map(({ webhookId }) => webhookId)),
  textArray(deliveries.map(({ facts }) => facts.id)),
  textArray(deliveries.map(({ facts }) => facts.type)),
  textArray(deliveries.map(({ facts }) => facts.claimKey)),
  intArray(deliveries.map(({ facts }) => facts.version)),
  // "" stands for none, which the binary array has no place for.
  textArray(deliveries.map(({ traceparent }) => traceparent ?? '')),
];

/** @returns those that were not there yet */
export async function insertDeliveries(client: PoolClient, deliveries: readonly NewDelivery[]): Promise<Inserted[]> {
  const { rows } = await client.query<Inserted>(withValues(INSERT, columnsOf(deliveries), deliveries.length));
  return rows;
}

/**
 * All that a batch changes in one statement, which is a transaction by itself: one round trip instead of three. The lane moves
 * on, and the deliveries are stored, if the lane is still this process's and the configuration still what they were matched by.
 * @returns those that were not there yet; null when it is not so, and nothing was done
 */
export async function intake(
  pool: Queryable,
  { lane, nextOffset, version, wake }: IntakePlace,
  deliveries: readonly NewDelivery[],
): Promise<Inserted[] | null> {
  const place = [lane.laneId, String(lane.epoch), String(nextOffset), String(version), wake];
  const { rows } = await pool.query<Inserted | { id: null }>(
    withValues(INTAKE, [...columnsOf(deliveries), ...place], deliveries.length),
  );
  return rows.length === 0 ? null : rows.filter((row) => row.id !== null);
}
