import type { ReplayJob } from './replay-job.js';

/** What a filter is compared with, by its name, as fan-out compares it: a notice has what its `data` says. */
const VALUES = `case when candidate.entity is null then jsonb_build_object(
  'provider', body #> '{cause,provider}', 'connection', body #> '{cause,connection}', 'status', body -> 'status',
  'transaction', body #> '{cause,transaction}', 'partnership', body #> '{cause,partnership}',
  'environment', body #> '{cause,environment}') else body -> 'data' end`;

/** Fan-out's rule for bindings, in SQL: every filter holds, an array means any of its items. */
const holds = (filters: string) => `not exists (
  select from jsonb_each(${filters}) as filter (name, wanted)
  where jsonb_typeof(wanted) <> 'null' and not coalesce(case jsonb_typeof(wanted)
    when 'array' then wanted @> jsonb_build_array(event.values -> name)
    else wanted = event.values -> name end, false))`;

const AFTER = `($9::timestamptz is null or (received_at, %key, %version) > ($9::timestamptz, $10::text, $11::int))`;
const after = (key: string, version: string) => AFTER.replace('%key', key).replace('%version', version);

/** $7 since, $8 until, $9 to $11 the place after which they begin. Notices of lane 0 are test events. */
const WINDOW = `
select * from (
  (select event_id, claim_key, version, received_at, message, null::text as entity from claim_events
   where tenant_id = $1 and received_at >= coalesce($9, $7::timestamptz) and received_at < $8::timestamptz
     and ${after('claim_key', 'version')}
   order by received_at, claim_key, version limit $5)
  union all
  (select id, id, 0, received_at, message, entity from notices
   where tenant_id = $1 and lane_id <> 0 and received_at >= coalesce($9, $7::timestamptz) and received_at < $8::timestamptz
     and ${after('id', '0')}
   order by received_at, id limit $5)
) as both_kinds order by received_at, claim_key, version limit $5`;

/** $7 claim key, $8 version after which they begin: in version order, whenever they were received. */
const CLAIM = `
select event_id, claim_key, version, '-infinity'::timestamptz as received_at, message, null::text as entity from claim_events
where tenant_id = $1 and claim_key = $7 and version > coalesce($8::int, 0) order by version limit $5`;

/** $7 event id. */
const EVENT = `
select event_id, claim_key, version, received_at, message, null::text as entity from claim_events
where tenant_id = $1 and event_id = $7
union all
select id, id, 0, received_at, message, entity from notices where tenant_id = $1 and id = $7 and lane_id <> 0
limit $5`;

/**
 * $1 tenant, $2 webhook, $3 replay, $4 filters, $5 most events to look at, $6 most deliveries to make. A notice about a
 * webhook never goes to that webhook. Where all that may be made is made, the step ends at the last of them.
 */
const step = (candidates: string) => `
with candidate as materialized (${candidates}),
matched as materialized (
  select candidate.event_id, candidate.claim_key, candidate.version, candidate.received_at, event.type
  from candidate
  cross join lateral (select candidate.message::jsonb as body) as message
  cross join lateral (select body ->> 'type' as type, ${VALUES} as values) as event
  where candidate.entity is distinct from $2 and ${holds('$4::jsonb')}
    and exists (select from bindings
      where webhook_id = $2 and event_type in ('*', event.type) and ${holds('bindings.filters')})
  order by received_at, claim_key, version limit $6
), made as (
  insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
  select $1, $2, event_id, type, claim_key, version, $3 from matched order by received_at, claim_key, version
  on conflict (webhook_id, event_id, replay_id) do nothing returning 1
), reached as (
  select received_at, claim_key, version from matched where (select count(*) from matched) = $6
  union all
  select received_at, claim_key, version from candidate where (select count(*) from matched) < $6
  order by received_at desc, claim_key desc, version desc limit 1
)
select (select count(*) from made)::int as made,
  (select count(*) from candidate c, reached r
   where (c.received_at, c.claim_key, c.version) <= (r.received_at, r.claim_key, r.version))::int as scanned,
  (select jsonb_build_array(received_at, claim_key, version) from reached) as cursor,
  (select count(*) from candidate) < $5 and (select count(*) from matched) < $6 as done`;

/**
 * The failed delivery is settled as superseded, a new one with a fresh policy takes its place. An event that failed twice,
 * live and as a replay, is sent once. What goes to the queue after the job was made stays there. `+ interval '0'`: the index
 * by time has the failures of all webhooks, and statistics from before an outage would have the planner read them all.
 */
const RETRY = `
with failed as materialized (
  select id, event_id, event_type, claim_key, version from deliveries
  where tenant_id = $1 and webhook_id = $2 and state = 'exhausted' and id > $5 and settled_at + interval '0' <= $6
    and ($7::bigint[] is null or id = any ($7)) and ($8::text is null or event_type = $8)
    and ($9::text is null or event_id = $9) and ($10::text is null or claim_key = $10)
    and ($11::text is null or last_error = $11)
    and ($12::timestamptz is null or settled_at >= $12) and ($13::timestamptz is null or settled_at < $13)
  order by id limit $4 for update
), gone as (
  update deliveries set state = 'superseded', settled_at = now() from failed where deliveries.id = failed.id
), made as (
  insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, replay_id)
  select $1, $2, event_id, event_type, claim_key, version, $3 from failed order by id
  on conflict (webhook_id, event_id, replay_id) do nothing returning 1
)
select (select count(*) from made)::int as made, (select count(*) from failed)::int as scanned,
  (select jsonb_build_array(max(id)) from failed having max(id) is not null) as cursor,
  (select count(*) from failed) < $4 as done`;

export interface StepLimits {
  scan: number;
  make: number;
}

/** The statement of one step: what it makes, and how far it came, in one. Answers { made, scanned, cursor, done }. */
export function stepStatement(job: ReplayJob, { scan, make }: StepLimits): { sql: string; values: unknown[] } {
  const { selection, cursor } = job;
  const own = [job.tenant, job.webhookId, job.id];
  const common = [...own, JSON.stringify(selection.filters ?? {}), scan, make];
  switch (job.kind) {
    case 'window': {
      const [at = null, key = null, version = null] = cursor ?? [];
      return { sql: step(WINDOW), values: [...common, selection.since, selection.until, at, key, version] };
    }
    case 'claim':
      return { sql: step(CLAIM), values: [...common, selection.claimKey, cursor?.[2] ?? null] };
    case 'event':
      return { sql: step(EVENT), values: [...common, selection.eventId] };
    case 'error_queue': {
      const { ids, eventType, eventId, claimKey, error, since, until } = selection;
      const filters = [ids, eventType, eventId, claimKey, error, since, until].map((value) => value ?? null);
      return { sql: RETRY, values: [...own, make, cursor?.[0] ?? 0, job.createdAt, ...filters] };
    }
  }
}
