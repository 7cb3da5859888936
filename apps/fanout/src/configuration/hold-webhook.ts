import { inTransaction, writeHubNotices, type Pool } from '@claimwire/postgres';
import type { Destination } from './destination.js';

export type HeldStatus = 'deauthorized' | 'disabled';
/** Where no answer of the destination is the reason. */
export type HoldCause = 'token_refused' | 'failing_only';

const REASONS = {
  deauthorized: 'the destination answered 401',
  disabled: 'the destination answered 410',
} as const;
const ANSWERS = { deauthorized: 401, disabled: 410 } as const;

/** An answer to a configuration that is no longer the present one changes nothing. */
const HOLD = `
with changed as (
  update webhooks set status = $2, status_reason = $3, status_since = now()
  where id = $1 and status = 'active' and status_since::text = $4 returning tenant_id)
insert into audit_log (tenant_id, actor, action, target, detail)
select tenant_id, 'fanout', 'webhook.' || $2, $1, jsonb_build_object('reason', $3::text) from changed`;

/**
 * Puts a webhook to `deauthorized` or `disabled`, with its entry in the audit log and its notice.
 * @returns false when it is not what it was when it was sent to: nothing is changed then
 */
export async function holdWebhook(
  pool: Pool,
  { id, tenant, statusSince }: Destination,
  status: HeldStatus,
  cause?: HoldCause,
): Promise<boolean> {
  const reason = cause ?? REASONS[status];
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(HOLD, [id, status, reason, statusSince]);
    if (rowCount !== 1) return false;
    const data = { status: cause ? null : ANSWERS[status], reason };
    await writeHubNotices(client, [{ type: `webhook.${status}`, tenant, webhookId: id, data }]);
    return true;
  });
}
