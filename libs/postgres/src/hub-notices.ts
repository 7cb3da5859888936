import { randomBytes } from 'node:crypto';

/** A fact about a webhook that the hub itself found out. The type names are those of `claims.notices.v1`. */
export interface HubNotice {
  type: 'webhook.deauthorized' | 'webhook.disabled' | 'webhook.recovered' | 'delivery.exhausted';
  tenant: string;
  webhookId: string;
  /** Never an address, a header or a body. */
  data: Record<string, unknown>;
}

/** The lane of `consumer_lanes` whose outgoing messages these are: no consumer's, only an outbox. */
export const HUB_NOTICES = { consumer: 'fanout-notices', topic: 'claims.notices.v1', partition: 0 } as const;
/** NOTIFY channel: there is something to send. */
export const HUB_NOTICES_CHANNEL = 'hub_notices';

/** The lane's row is locked until the transaction ends, so that numbers are committed in their order. */
const WRITE = `
with lane as (
  insert into consumer_lanes as lane (consumer, topic, partition, last_seq) values ($1, $2, $3, $4::int)
  on conflict (consumer, topic, partition) do update set last_seq = lane.last_seq + excluded.last_seq
  returning id, last_seq
), written as (
  insert into notices (id, tenant_id, entity, type, received_at, message, lane_id, lane_seq)
  select n.id, n.tenant, n.entity, n.type, $5::timestamptz, n.message, lane.id, lane.last_seq - $4::int + n.position
  from lane, unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    with ordinality as n (id, tenant, entity, type, message, position)
  returning 1
)
select pg_notify($11, '') from (select count(*) from written) as counted`;

interface Runner {
  query(sql: string, parameters: unknown[]): Promise<unknown>;
}

/**
 * Stores notices with the change that they tell of: in the caller's transaction, as its last statement where it can be,
 * because it takes the lock that every other writer of notices waits for. Fan-out sends them to Kafka afterwards.
 * @param runner a pg client or a TypeORM EntityManager, inside a transaction
 */
export async function writeHubNotices(
  runner: Runner,
  notices: readonly HubNotice[],
  now = new Date().toISOString(),
): Promise<void> {
  if (notices.length === 0) return;
  const { consumer, topic, partition } = HUB_NOTICES;
  const full = notices.map(({ type, tenant, webhookId, data }) => {
    const id = `ntc_${randomBytes(16).toString('hex')}`;
    return { id, type, tenant, entity: webhookId, occurredAt: now, receivedAt: now, data };
  });
  await runner.query(WRITE, [
    consumer,
    topic,
    partition,
    full.length,
    now,
    full.map(({ id }) => id),
    full.map(({ tenant }) => tenant),
    full.map(({ entity }) => entity),
    full.map(({ type }) => type),
    full.map((notice) => JSON.stringify(notice)),
    HUB_NOTICES_CHANNEL,
  ]);
}
