import type { Pool } from '@claimwire/postgres';

/** Of its claims. */
export const FILLER_PROVIDER = 'filler';
const EVENTS_PER_CLAIM = 5;
/** In one statement: each is a transaction, and tells that it moves. */
const SLICE = 200_000;
/** Bytes of text that does not compress away, so that a row has the size of a real one. */
const FACT_FILLER = 900;
const MESSAGE_FILLER = 800;

const FILL_EVENTS = `
  insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
    lane_id, lane_seq)
  select 'evt_' || md5('event' || n), 'bench/filler/' || md5('claim' || n / ${EVENTS_PER_CLAIM}), 'bench',
    n % ${EVENTS_PER_CLAIM} + 1, at, at, false, jsonb_build_object('eventId', n, 'filler', left(filler, ${FACT_FILLER})),
    left(filler, ${MESSAGE_FILLER}), -1, n
  from generate_series($1::bigint, $2::bigint) as n,
    lateral (select timestamptz '2025-01-01' + n * interval '100 ms' as at,
      (select string_agg(md5(n || '/' || part), '') from generate_series(1, 30) as part) as filler) as made`;

const FILL_CLAIMS = `
  insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator, updated_at)
  select 'bench/filler/' || md5('claim' || n), 'bench', '${FILLER_PROVIDER}', 'submitted', ${EVENTS_PER_CLAIM},
    jsonb_build_object('aliases', '[]'::jsonb, 'filler', md5('state' || n)), jsonb_build_object('filler', md5('acc' || n)),
    timestamptz '2025-01-01' + n * interval '500 ms'
  from generate_series($1::bigint, $2::bigint) as n`;

/** Stored events of other claims, made in the database: what a hub has after a while. */
export async function fillHistory(pool: Pool, events: number): Promise<void> {
  for (let from = 0; from < events; from += SLICE) {
    const to = Math.min(from + SLICE, events) - 1;
    await pool.query(FILL_EVENTS, [from, to]);
    await pool.query(FILL_CLAIMS, [Math.ceil(from / EVENTS_PER_CLAIM), Math.floor(to / EVENTS_PER_CLAIM)]);
    console.error(`${to + 1} of ${events} events are stored before the round`);
  }
  await pool.query('vacuum analyze claim_events');
  await pool.query('vacuum analyze claims');
}
