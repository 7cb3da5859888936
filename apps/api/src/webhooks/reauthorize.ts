import { writeHubNotices, type HubNotice } from '@claimwire/postgres';
import { Webhook, type WebhookStatus } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';

/** Wakes whoever sends for the webhook; PostgreSQL delivers it with the commit. */
export async function wakeSender(manager: EntityManager, webhookId: string): Promise<void> {
  await manager.query(`select pg_notify('deliveries', $1)`, [webhookId]);
}

/** A webhook that is made active begins anew: what failed before does not count towards disabling it. */
export async function forgetFailures(manager: EntityManager, webhookIds: readonly string[]): Promise<void> {
  await manager.query('delete from webhook_health where webhook_id = any ($1)', [webhookIds]);
}

/** The notice of a webhook that sends again after its receiver had stopped it; none for any other change. */
export function recovery({ id, tenantId, status }: Webhook, before: WebhookStatus): HubNotice[] {
  if (status !== 'active' || (before !== 'deauthorized' && before !== 'disabled')) return [];
  return [{ type: 'webhook.recovered', tenant: tenantId, webhookId: id, data: { previousStatus: before } }];
}

/** New credentials may be the right ones: the waiting queue goes out by itself, and one more 401 puts a webhook back. */
export async function reauthorizeUsersOf(
  manager: EntityManager,
  caller: Caller,
  credentialSetId: string,
): Promise<void> {
  const webhooks = await manager.findBy(Webhook, { credentialSetId, tenantId: caller.tenant, status: 'deauthorized' });
  for (const webhook of webhooks) {
    await manager.update(
      Webhook,
      { id: webhook.id },
      { status: 'active', statusReason: null, statusSince: new Date() },
    );
    await audit(manager, caller, 'webhook.reauthorized', webhook.id, { because: 'credentials_changed' });
    await wakeSender(manager, webhook.id);
  }
  await forgetFailures(
    manager,
    webhooks.map(({ id }) => id),
  );
  const recovered = webhooks.flatMap((webhook) => recovery({ ...webhook, status: 'active' }, webhook.status));
  await writeHubNotices(manager, recovered);
}
