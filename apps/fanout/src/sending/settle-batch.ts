import {
  bigintArray,
  floatArray,
  instantArray,
  intArray,
  textArray,
  withValues,
  type KeptStatement,
  type Queryable,
} from '@claimwire/postgres';
import type { Settlement } from './settlement.js';
import { waitsOfClaim } from './waits-of-claim.js';

type State = 'pending' | 'delivered' | 'rejected' | 'exhausted' | 'superseded';

interface Stored {
  state: State;
  /** A 401 or 410 uses up no retry. */
  counts: boolean;
}

const STORED: { [T in Settlement['outcome']['type']]: Stored } = {
  delivered: { state: 'delivered', counts: true },
  rejected: { state: 'rejected', counts: true },
  exhausted: { state: 'exhausted', counts: true },
  superseded: { state: 'superseded', counts: false },
  hold: { state: 'pending', counts: false },
  retry: { state: 'pending', counts: true },
};

/**
 * One statement for all: the look at `state` leaves alone what another replica has settled meanwhile. What ends in the error
 * queue is counted for its notice; a notice that ends there (its claim key is its own id) is not. A delivery that is gone (its
 * claim was erased meanwhile) leaves no attempt behind.
 *
 * The rows are found by their ids. With a bare `state = 'pending'`, which stands in the conditions of indexes, a planner whose
 * statistics know few pending rows reads all that wait, for each batch: after a calm time, a whole backlog. For the same reason
 * what follows a retry is looked up claim by claim (`offset 0`).
 *
 * What waits behind a retry gets its time: else every look for due deliveries would pass all that follow failed ones, a
 * whole backlog of them.
 */
const UPDATE = `
with settled as (
  select * from unnest($1::bigint[], $2::text[], $3::int[], $4::float8[], $5::text[], $6::timestamptz[], $7::text[],
    $8::text[], $9::text[], $10::int[], $11::int[], $12::text[], $13::text[], $14::text[])
  as s (id, state, attempts, delay_ms, error, at, webhook_id, tenant_id, event_id, number, status, phases, request, response)
), updated as (
  update deliveries d set state = s.state, attempts = greatest(d.attempts, s.attempts),
    first_attempt_at = coalesce(d.first_attempt_at, s.at), last_error = s.error,
    next_attempt_at = case when s.delay_ms is null then d.next_attempt_at else now() + s.delay_ms * interval '1 ms' end,
    settled_at = case when s.state = 'pending' then null else now() end
  from settled s where d.id = s.id and d.id = any($1::bigint[]) and coalesce(d.state = 'pending', false)
  returning d.webhook_id, d.tenant_id, d.event_id, d.claim_key, d.state, d.attempts, d.id, d.version, d.replay_id,
    d.next_attempt_at, s.delay_ms is not null as retried
)`;

const FOLLOWERS = `, followers as (
  update deliveries f set next_attempt_at = behind.next_attempt_at from (
    select later.id, u.next_attempt_at from updated u join webhooks w on w.id = u.webhook_id and w.ordering = 'per_claim'
      cross join lateral (
        select l.id from deliveries l where ${waitsOfClaim('l', 'u')} and l.version > u.version
          and l.next_attempt_at < u.next_attempt_at offset 0) later
    where u.retried and u.replay_id = '') behind
  where f.id = behind.id and coalesce(f.state = 'pending', false)
)`;

const EXHAUSTED = `, counted as (
  insert into exhausted_deliveries as e (webhook_id, tenant_id, deliveries, event_id, attempts)
  select webhook_id, min(tenant_id), count(*), (array_agg(event_id order by id))[1], (array_agg(attempts order by id))[1]
  from updated where state = 'exhausted' and claim_key <> event_id group by webhook_id order by webhook_id
  on conflict (webhook_id) do update set deliveries = e.deliveries + excluded.deliveries,
    event_id = case when e.deliveries = 0 then excluded.event_id else e.event_id end,
    attempts = case when e.deliveries = 0 then excluded.attempts else e.attempts end
)`;

const ATTEMPTS = `
insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, status, error, phases, request, response)
select id, webhook_id, tenant_id, event_id, number, coalesce(at, now()), status,
  case when status is null then error end, coalesce(phases, '{}')::jsonb, coalesce(request, '{}')::jsonb, response::jsonb from settled s
where s.id in (select id from updated) or exists (select from deliveries d where d.id = s.id offset 0)`;

/** Only what the batch needs: nearly all have nothing but deliveries that arrived, and planning the rest takes longer than these. */
function statementFor(batch: readonly Settlement[]): KeptStatement {
  const has = (type: Settlement['outcome']['type']) => batch.some(({ outcome }) => outcome.type === type);
  const [retries, ends] = [has('retry'), has('exhausted')];
  const name = `deliveries_settle${retries ? '_retried' : ''}${ends ? '_exhausted' : ''}`;
  return { name, text: UPDATE + (retries ? FOLLOWERS : '') + (ends ? EXHAUSTED : '') + ATTEMPTS };
}

const stored = ({ outcome }: Settlement): Stored => STORED[outcome.type];
const triesAfter = (settlement: Settlement): number => settlement.delivery.tries + (stored(settlement).counts ? 1 : 0);
/** Null leaves the time as it is: what is held keeps its place in the queue. */
const delayOf = ({ outcome }: Settlement): number | null => (outcome.type === 'retry' ? outcome.delayMs : null);

function errorOf({ outcome, attempt }: Settlement): string | null {
  if (outcome.type === 'superseded') return 'superseded';
  if (outcome.type === 'delivered' || !attempt) return null;
  return attempt.error ?? `http_${attempt.status}`;
}

/** What JSON.stringify writes and jsonb refuses: the character 0, and half of a surrogate pair. */
const REFUSED = /\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** One that is refused would hold up all outcomes, again and again. */
const storable = (json: string): string => json.replaceAll(REFUSED, '\\ufffd');

/** Stores outcomes and attempts of many deliveries; a delivery may be in the batch once. */
export async function settleBatch(client: Pick<Queryable, 'query'>, batch: readonly Settlement[]): Promise<void> {
  const columns = [
    bigintArray(batch.map(({ delivery }) => BigInt(delivery.id))),
    textArray(batch.map((settlement) => stored(settlement).state)),
    intArray(batch.map(triesAfter)),
    floatArray(batch.map(delayOf)),
    textArray(batch.map(errorOf)),
    instantArray(batch.map(({ attempt }) => attempt && attempt.at)),
    textArray(batch.map(({ delivery }) => delivery.webhookId)),
    textArray(batch.map(({ delivery }) => delivery.tenant)),
    textArray(batch.map(({ delivery }) => delivery.eventId)),
    // The try's own number; one that uses up no retry shares it with the next.
    intArray(batch.map(({ delivery, attempt }) => delivery.tries + (attempt ? 1 : 0))),
    intArray(batch.map(({ attempt }) => attempt && attempt.status)),
    textArray(batch.map(({ attempt }) => attempt && storable(JSON.stringify(attempt.phases)))),
    textArray(batch.map(({ attempt }) => attempt && storable(attempt.request))),
    textArray(batch.map(({ attempt }) => (attempt?.response ? storable(JSON.stringify(attempt.response)) : null))),
  ];
  await client.query(withValues(statementFor(batch), columns, batch.length));
}
