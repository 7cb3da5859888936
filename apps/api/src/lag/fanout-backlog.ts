import type { Pool } from '@claimwire/postgres';

/** What waits for one webhook. */
export interface WebhookBacklog {
  webhook: string;
  status: string;
  /** Deliveries that are not settled. */
  depth: number;
  /** Those of them that are due now. */
  due: number;
  /** How long the oldest due one has been due, in seconds. */
  oldestSeconds: number;
}

const BACKLOG = `
  select webhook_id as webhook, status, depth, due, "oldestSeconds" from (
    select webhook_id, count(*)::int as depth, count(*) filter (where next_attempt_at <= now())::int as due,
      coalesce(extract(epoch from now() - min(next_attempt_at)
        filter (where next_attempt_at <= now())), 0)::float8 as "oldestSeconds"
    from deliveries where state = 'pending' group by webhook_id) waiting
  join webhooks on webhooks.id = waiting.webhook_id`;

/** Of every webhook for which something waits; one scan of the index of waiting deliveries. */
export async function readFanoutBacklog(pool: Pool): Promise<WebhookBacklog[]> {
  return (await pool.query<WebhookBacklog>(BACKLOG)).rows;
}
