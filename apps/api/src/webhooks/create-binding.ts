import { Binding } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { newId } from '../ids.js';
import type { CreateBinding } from './bindings.dto.js';

/** In the caller's transaction, which has made sure that the webhook is the tenant's. */
export async function createBinding(
  manager: EntityManager,
  caller: Caller,
  webhookId: string,
  { eventType, filters }: CreateBinding,
): Promise<Binding> {
  const fields = { id: newId('bnd'), tenantId: caller.tenant, webhookId, eventType, filters: { ...filters } };
  const binding = await manager.save(manager.create(Binding, fields));
  await audit(manager, caller, 'binding.created', binding.id, { webhookId, eventType });
  return binding;
}
