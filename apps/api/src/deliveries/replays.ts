import type { BindingFilters } from '@claimwire/postgres';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { newId } from '../ids.js';
import { wakeSender } from '../webhooks/reauthorize.js';
import type { ReplayView } from './deliveries.dto.js';

/** What a filter is compared with, by its name: `status` after the fold, the rest as the one webhook said. */
const VALUES = `jsonb_build_object(
  'provider', message.body #> '{cause,provider}', 'connection', message.body #> '{cause,connection}',
  'status', message.body -> 'status', 'transaction', message.body #> '{cause,transaction}',
  'partnership', message.body #> '{cause,partnership}', 'environment', message.body #> '{cause,environment}')`;

/** Fan-out's rule for bindings, in SQL: every filter holds, an array means any of its items. */
const holds = (filters: string) => `not exists (
  select from jsonb_each(${filters}) as filter (name, wanted)
  where jsonb_typeof(wanted) <> 'null' and not coalesce(case jsonb_typeof(wanted)
    when 'array' then wanted @> jsonb_build_array(event.values -> name)
    else wanted = event.values -> name end, false))`;

/** The old deliveries stay as they are; these are new ones, exempt from order (DESIGN, delivery semantics). */
const INSERT = `
  insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
  select $1, $2, event_id, event.type, claim_key, version, $3
  from claim_events
  cross join lateral (select claim_events.message::jsonb as body) as message
  cross join lateral (select message.body ->> 'type' as type, ${VALUES} as values) as event
  where tenant_id = $1
    and ($4::text is null or claim_key = $4)
    and ($5::timestamptz is null or received_at >= $5)
    and ($6::timestamptz is null or received_at < $6)
    and ${holds('$7::jsonb')}
    and exists (select from bindings
      where webhook_id = $2 and event_type in ('*', event.type) and ${holds('bindings.filters')})
  order by received_at, claim_key, version
  returning id`;

export interface Selection {
  claimKey?: string;
  /** By receivedAt, ISO times; the end is not part of the window. */
  since?: string;
  until?: string;
  filters?: BindingFilters;
}

/** Sends the selected events again, those that the webhook is bound to now. */
export async function replay(
  manager: EntityManager,
  caller: Caller,
  webhookId: string,
  { claimKey, since, until, filters }: Selection,
): Promise<ReplayView> {
  const replayId = newId('rpl');
  const values = [caller.tenant, webhookId, replayId, claimKey ?? null, since ?? null, until ?? null];
  const made: unknown[] = await manager.query(INSERT, [...values, JSON.stringify(filters ?? {})]);
  const detail = { replayId, count: made.length, ...(since ? { since } : {}), ...(until ? { until } : {}) };
  await audit(manager, caller, 'webhook.replayed', webhookId, detail);
  await wakeSender(manager, webhookId);
  return { replayId, count: made.length };
}
