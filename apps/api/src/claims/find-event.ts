import type { EntityManager } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';

/** Both kinds in one statement: an id says which kind it is only by convention. */
const FIND = `
  select message from claim_events where event_id = $1 and tenant_id = $2
  union all
  select message from notices where id = $1 and tenant_id = $2`;

/** A claim event or notice, byte for byte as it is published. @throws Problem 404, also for another tenant's */
export async function findEvent(
  manager: Pick<EntityManager, 'query'>,
  { tenant }: Caller,
  id: string,
): Promise<string> {
  const [row]: { message: string }[] = await manager.query(FIND, [id, tenant]);
  if (!row) throw notFound('event');
  return row.message;
}
