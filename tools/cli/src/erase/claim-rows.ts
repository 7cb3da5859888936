import type { PoolClient, Queryable } from '@claimwire/postgres';

/** Rows by store. */
export interface ErasedRows {
  claims: number;
  events: number;
  deliveries: number;
  attempts: number;
  replays: number;
}

/** What must be known of a claim's rows after they are gone, until nothing can add to them. */
export interface GoneRows {
  rows: ErasedRows;
  eventIds: string[];
  deliveryIds: string[];
  /** With deliveries that were still to be made. */
  webhookIds: string[];
  /** The claim's newest outgoing message in each lane. */
  lanes: { laneId: number; upTo: string }[];
}

const NO_ROWS: ErasedRows = { claims: 0, events: 0, deliveries: 0, attempts: 0, replays: 0 };

/** Deliveries by their unique key, event and webhook; only what a cut short erasure left needs the whole table. */
const DELIVERIES = `
  tenant_id = $1 and (claim_key = $2 and $4 or
    (webhook_id in (select id from webhooks where tenant_id = $1) and event_id = any($3::text[])))`;

/** Attempts outlive deliveries that left the error queue: these are found by their event. */
const ATTEMPTS = `
  delivery_id = any($3::bigint[]) or
    (webhook_id in (select id from webhooks where tenant_id = $1) and event_id = any($2::text[]))`;

const REPLAYS = `tenant_id = $1 and (selection ->> 'claimKey' = $2 or selection ->> 'eventId' = any($3::text[]))`;

export async function countClaim(client: Queryable, tenant: string, claimKey: string): Promise<ErasedRows> {
  const { rows } = await client.query<ErasedRows>(
    `with event as (select event_id from claim_events where claim_key = $2 and tenant_id = $1),
     delivery as (select id from deliveries where tenant_id = $1 and claim_key = $2)
     select (select count(*)::int from claims where claim_key = $2 and tenant_id = $1) as claims,
       (select count(*)::int from event) as events, (select count(*)::int from delivery) as deliveries,
       (select count(*)::int from delivery_attempts where delivery_id in (select id from delivery) or (
         webhook_id in (select id from webhooks where tenant_id = $1) and event_id in (select event_id from event))) as attempts,
       (select count(*)::int from replays where tenant_id = $1 and (selection ->> 'claimKey' = $2
         or selection ->> 'eventId' in (select event_id from event))) as replays`,
    [tenant, claimKey],
  );
  return rows[0]!;
}

/**
 * Removes the claim's rows, in one transaction. The claim's row is locked first, as every batch of the normaliser does: one
 * that has it is waited for, and one that waits for it finds no claim, and asks the ledger.
 */
export async function removeClaim(client: PoolClient, tenant: string, claimKey: string): Promise<GoneRows> {
  await client.query('select 1 from claims where claim_key = $1 for update', [claimKey]);
  const events = await client.query<{ event_id: string; lane_id: number; lane_seq: string }>(
    'delete from claim_events where claim_key = $1 and tenant_id = $2 returning event_id, lane_id, lane_seq',
    [claimKey, tenant],
  );
  const claims = await client.query('delete from claims where claim_key = $1 and tenant_id = $2', [claimKey, tenant]);
  await client.query('delete from claim_search where claim_key = $1 and tenant_id = $2', [claimKey, tenant]);
  const eventIds = events.rows.map(({ event_id }) => event_id);
  const wasCutShort = claims.rowCount === 0;
  const gone: GoneRows = { rows: NO_ROWS, eventIds, deliveryIds: [], webhookIds: [], lanes: lastOf(events.rows) };
  const swept = await removeDeliveries(client, { tenant, claimKey, gone, everywhere: wasCutShort });
  return { ...swept, rows: { ...swept.rows, claims: claims.rowCount ?? 0, events: eventIds.length } };
}

export interface Sweep {
  tenant: string;
  claimKey: string;
  gone: GoneRows;
  /** Also deliveries of events that are not known any more: reads the whole table. */
  everywhere: boolean;
}

/** Deliveries, their attempts and the replays that name the claim or one of its events; may be called again. */
export async function removeDeliveries(
  client: PoolClient,
  { tenant, claimKey, gone, everywhere }: Sweep,
): Promise<GoneRows> {
  const { eventIds } = gone;
  const deliveries = await client.query<{ id: string; webhook_id: string; state: string }>(
    `delete from deliveries where ${DELIVERIES} returning id, webhook_id, state`,
    [tenant, claimKey, eventIds, everywhere],
  );
  const deliveryIds = [...new Set([...gone.deliveryIds, ...deliveries.rows.map(({ id }) => id)])];
  const attempts = await client.query(`delete from delivery_attempts where ${ATTEMPTS}`, [
    tenant,
    eventIds,
    deliveryIds,
  ]);
  const replays = await client.query(`delete from replays where ${REPLAYS}`, [tenant, claimKey, eventIds]);
  const pending = deliveries.rows.filter(({ state }) => state === 'pending').map(({ webhook_id }) => webhook_id);
  return {
    ...gone,
    deliveryIds,
    webhookIds: [...new Set([...gone.webhookIds, ...pending])],
    rows: {
      ...gone.rows,
      deliveries: gone.rows.deliveries + (deliveries.rowCount ?? 0),
      attempts: gone.rows.attempts + (attempts.rowCount ?? 0),
      replays: gone.rows.replays + (replays.rowCount ?? 0),
    },
  };
}

function lastOf(events: readonly { lane_id: number; lane_seq: string }[]): GoneRows['lanes'] {
  return [...Map.groupBy(events, ({ lane_id }) => lane_id)].map(([laneId, rows]) => ({
    laneId,
    upTo: String(rows.map(({ lane_seq }) => BigInt(lane_seq)).reduce((a, b) => (a > b ? a : b))),
  }));
}
