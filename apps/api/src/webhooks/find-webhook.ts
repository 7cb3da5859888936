import { Webhook } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';

/** @throws Problem 404, also for another tenant's */
export async function findWebhook(manager: EntityManager, { tenant }: Caller, id: string): Promise<Webhook> {
  const webhook = await manager.findOneBy(Webhook, { id, tenantId: tenant });
  if (!webhook) throw notFound('webhook');
  return webhook;
}

/**
 * The same, held until the transaction ends: fan-out changes the status of webhooks too, and a save would undo it.
 * @throws Problem 404
 */
export async function lockWebhook(manager: EntityManager, { tenant }: Caller, id: string): Promise<Webhook> {
  const where = { id, tenantId: tenant };
  const webhook = await manager.findOne(Webhook, { where, lock: { mode: 'pessimistic_write' } });
  if (!webhook) throw notFound('webhook');
  return webhook;
}
