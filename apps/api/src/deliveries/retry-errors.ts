import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { fieldNotValid } from '../http/problem.js';
import { newId } from '../ids.js';
import { wakeSender } from '../webhooks/reauthorize.js';
import type { ReplayView, RetryErrors } from './deliveries.dto.js';

/**
 * The failed delivery is settled as superseded, a new one with a fresh policy takes its place. An event that failed twice, live
 * and as a replay, is sent once.
 */
const RETRY = `
  with failed as (
    update deliveries set state = 'superseded', settled_at = now()
    where webhook_id = $1 and state = 'exhausted'
      and ($3::bigint[] is null or id = any ($3)) and ($4::timestamptz is null or settled_at >= $4)
    returning id, tenant_id, webhook_id, event_id, event_type, claim_key, version
  )
  insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
  select tenant_id, webhook_id, event_id, event_type, claim_key, version, $2 from failed order by id
  on conflict (webhook_id, event_id, replay_id) do nothing
  returning id`;

/** @throws Problem 422 unless exactly one of `ids`, `all` and `since` is stated */
export async function retryErrors(
  manager: EntityManager,
  caller: Caller,
  webhookId: string,
  { ids, all, since }: RetryErrors,
): Promise<ReplayView> {
  if ([ids, all, since].filter((value) => value !== undefined).length !== 1) {
    throw fieldNotValid('', 'state exactly one of ids, all and since');
  }
  const replayId = newId('rpl');
  const made: unknown[] = await manager.query(RETRY, [webhookId, replayId, ids ?? null, since ?? null]);
  await audit(manager, caller, 'webhook.errors_retried', webhookId, { replayId, count: made.length });
  await wakeSender(manager, webhookId);
  return { replayId, count: made.length };
}
