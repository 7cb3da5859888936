import type { Pool } from '@claimwire/postgres';
import type { Planned } from './traffic.js';

export interface Verified {
  stored: number;
  claims: number;
  late: number;
  published: number;
}

interface Row {
  stored: number;
  claims: number;
  late: number;
  /** Claims whose version is not the number of their events. */
  wrong: number;
}

/** Without the filler, whose lane no consumer has. */
const COUNTS = `
  with own as (
    select claim_key, count(*)::int as events, max(version) as newest, count(*) filter (where late) as late
    from claim_events where lane_id > 0 group by claim_key
  )
  select sum(events)::int as stored, count(*)::int as claims, sum(late)::int as late,
    (count(*) filter (where version <> events or version <> newest))::int as wrong
  from own join claims using (claim_key)`;

/** @throws Error unless every event is stored once and published, and each claim's version is the number of its events */
export async function verifyStored(pool: Pool, planned: readonly Planned[], published: number): Promise<Verified> {
  const events = new Set(planned.map(({ claim, step }) => `${claim}#${step}`)).size;
  const claims = new Set(planned.map(({ claim }) => claim)).size;
  const { rows } = await pool.query<Row>(COUNTS);
  const { wrong, ...found } = rows[0] as Row;
  if (found.stored !== events || found.claims !== claims || wrong > 0 || published !== events) {
    const seen = JSON.stringify({ ...found, wrong, published });
    throw new Error(`expected ${events} events of ${claims} claims, stored and published once; found ${seen}`);
  }
  return { ...found, published };
}
