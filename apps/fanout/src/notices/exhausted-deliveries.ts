import { inTransaction, writeHubNotices, type Pool } from '@claimwire/postgres';

interface DueRow {
  webhookId: string;
  tenant: string;
  deliveries: number;
  eventId: string;
  attempts: number;
}

/** At most one notice per webhook in this time: a dead receiver with a backlog would make one per event. */
const LEAST_GAP = '1 minute';
const LARGEST_BATCH = 500;

const TAKE_DUE = `
with due as (
  select * from exhausted_deliveries where deliveries > 0 and noticed_at < now() - interval '${LEAST_GAP}'
  order by webhook_id limit ${LARGEST_BATCH} for update skip locked
), taken as (
  update exhausted_deliveries e set deliveries = 0, noticed_at = now() from due where e.webhook_id = due.webhook_id
)
select webhook_id as "webhookId", tenant_id as tenant, deliveries, event_id as "eventId", attempts from due`;

/** Turns what has been counted (settle-batch) into `delivery.exhausted` notices. */
export async function noticeExhausted(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<DueRow>(TAKE_DUE);
    await writeHubNotices(
      client,
      rows.map(({ webhookId, tenant, deliveries, eventId, attempts }) => ({
        type: 'delivery.exhausted' as const,
        tenant,
        webhookId,
        data: { event: eventId, attempts, deliveries },
      })),
    );
  });
}
