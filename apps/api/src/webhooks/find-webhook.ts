import { Webhook } from '@claimwire/postgres';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';

/** @throws Problem 404, also for another tenant's */
export async function findWebhook(manager: EntityManager, { tenant }: Caller, id: string): Promise<Webhook> {
  const webhook = await manager.findOneBy(Webhook, { id, tenantId: tenant });
  if (!webhook) throw notFound('webhook');
  return webhook;
}
