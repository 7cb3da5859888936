import type { Pool } from '@claimwire/postgres';

/** What waits for one webhook. */
export interface WebhookBacklog {
  webhook: string;
  status: string;
  /** Deliveries that are not settled. */
  depth: number;
  /** Those of them that are due now. */
  due: number;
  /** How many may be in flight at once. */
  concurrency: number;
  /** How long the oldest due one has been due, in seconds. */
  oldestSeconds: number;
}

const BACKLOG = `
  select webhook_id as webhook, status, depth, due, concurrency, "oldestSeconds" from (
    select webhook_id, count(*)::int as depth, count(*) filter (where next_attempt_at <= now())::int as due,
      coalesce(extract(epoch from now() - min(next_attempt_at)
        filter (where next_attempt_at <= now())), 0)::float8 as "oldestSeconds"
    from deliveries where state = 'pending' group by webhook_id) waiting
  join webhooks on webhooks.id = waiting.webhook_id`;

/**
 * Deliveries that could be in flight at this moment: those due for working webhooks, of each webhook no more than its
 * concurrency. More replicas speed up these, and nothing else.
 */
export const sendable = (webhooks: readonly WebhookBacklog[]): number =>
  webhooks
    .filter(({ status }) => status === 'active')
    .reduce((sum, { due, concurrency }) => sum + Math.min(due, concurrency), 0);

/** Of every webhook for which something waits; one scan of the index of waiting deliveries. */
export async function readFanoutBacklog(pool: Pool): Promise<WebhookBacklog[]> {
  return (await pool.query<WebhookBacklog>(BACKLOG)).rows;
}
