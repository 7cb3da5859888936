import type { Pool, PoolClient } from '@claimwire/postgres';
import { withoutIndexes } from './suspended-indexes.js';

/** Of its claims. */
export const FILLER_PROVIDER = 'filler';
/** Claims have one to nine events, five on average. */
const EVENTS_PER_CLAIM = 5;
const MOST_EVENTS = 2 * EVENTS_PER_CLAIM - 1;
/** In one statement: each is a transaction, and tells that it moves. */
const SLICE_CLAIMS = 100_000;
/** Bytes of text that does not compress away, so that a row has the size of a real one. */
const FACT_FILLER = 900;
const MESSAGE_FILLER = 800;
const ACCUMULATOR_FILLER = 700;
const STATE_FILLER = 600;
/** Texts that the rows share: hashes for each row would take most of the time. */
const TEXTS = 256;
const HASHES_PER_TEXT = 30;
const TABLES = ['claim_events', 'claims', 'claim_search'];

const FILLER_TEXTS = `
  create temporary table filler as
    select text_id, string_agg(md5(text_id || '/' || part), '') as text
    from generate_series(0, ${TEXTS - 1}) as text_id, generate_series(1, ${HASHES_PER_TEXT}) as part group by text_id;
  analyze filler`;

const CLAIM_KEY = `'bench/filler/' || md5('claim' || claim)`;
/** The claim's number of events: the same for each run. */
const EVENTS_OF = `((hashint8(claim) & 2147483647) % ${MOST_EVENTS} + 1)`;

const FILL_EVENTS = `
  insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
    lane_id, lane_seq)
  select 'evt_' || md5('event' || n), ${CLAIM_KEY}, 'bench', version, at, at, false,
    jsonb_build_object('eventId', n, 'filler', left(filler.text, ${FACT_FILLER})), right(filler.text, ${MESSAGE_FILLER}), -1, n
  from generate_series($1::bigint, $2::bigint) as claim
    cross join lateral generate_series(1, ${EVENTS_OF}) as version
    cross join lateral (select claim * 10 + version as n) as numbered
    cross join lateral (select timestamptz '2025-01-01' + claim * interval '500 ms' + version * interval '7 days' as at) as timed
    join filler on text_id = n % ${TEXTS}`;

const FILL_CLAIMS = `
  insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator, updated_at)
  select ${CLAIM_KEY}, 'bench', '${FILLER_PROVIDER}', (array['submitted', 'accepted', 'paid', 'denied'])[claim % 4 + 1],
    ${EVENTS_OF}, jsonb_build_object('aliases', '[]'::jsonb, 'filler', left(filler.text, ${STATE_FILLER})),
    jsonb_build_object('filler', right(filler.text, ${ACCUMULATOR_FILLER})),
    timestamptz '2025-01-01' + claim * interval '500 ms' + ${EVENTS_OF} * interval '7 days'
  from generate_series($1::bigint, $2::bigint) as claim join filler on text_id = claim % ${TEXTS}`;

/** As the triggers would, which rest meanwhile. */
const FILL_SEARCH = `
  insert into claim_search (claim_key, tenant_id, aliases)
  select ${CLAIM_KEY}, 'bench', '{}' from generate_series($1::bigint, $2::bigint) as claim`;

async function fill(client: PoolClient, claims: number): Promise<void> {
  await client.query(FILLER_TEXTS);
  for (let from = 0; from < claims; from += SLICE_CLAIMS) {
    const slice = [from, Math.min(from + SLICE_CLAIMS, claims) - 1];
    for (const statement of [FILL_EVENTS, FILL_CLAIMS, FILL_SEARCH]) await client.query(statement, slice);
    console.error(`${(slice[1] as number) + 1} of ${claims} claims with ${EVENTS_PER_CLAIM} events each on average`);
  }
}

/** Stored events of other claims, made in the database, always the same: what a hub has after a while. */
export async function fillHistory(pool: Pool, events: number): Promise<void> {
  if (events === 0) return;
  const beganAt = performance.now();
  const seconds = () => Math.round((performance.now() - beganAt) / 1_000);
  const client = await pool.connect();
  try {
    const tell = (text: string) => console.error(`${seconds()} s: ${text}`);
    await withoutIndexes(client, TABLES, () => fill(client, Math.ceil(events / EVENTS_PER_CLAIM)), tell);
    for (const table of TABLES) await client.query(`vacuum analyze ${table}`);
    tell('stored before the round');
  } finally {
    client.release();
  }
}
