import type { Pool } from '@claimwire/postgres';

/**
 * Where the sink writes: what the hub's tables hold, with the indexes that the same queries need, but without what only the
 * normaliser needs (facts, accumulators, places in the outbox): Kafka Streams has those in its stores.
 */
const TABLES = `
  create table streams_events (
    event_id text primary key,
    claim_key text not null,
    tenant_id text not null,
    version int not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    late boolean not null,
    message text not null,
    unique (claim_key, version)
  );
  create index on streams_events (tenant_id, received_at);
  create table streams_claims (
    claim_key text primary key,
    tenant_id text not null,
    provider text not null,
    status text not null,
    version int not null,
    state jsonb not null,
    updated_at timestamptz not null default now()
  );
  create index on streams_claims (tenant_id, updated_at desc, claim_key);`;

export async function createStreamsTables(pool: Pool): Promise<void> {
  await pool.query(TABLES);
}

export async function readStreamsTables(pool: Pool): Promise<{ events: number; states: Map<string, unknown> }> {
  const events = await pool.query<{ count: number }>('select count(*)::int as count from streams_events');
  const claims = await pool.query<{ claim_key: string; state: unknown }>('select claim_key, state from streams_claims');
  return {
    events: events.rows[0]?.count ?? 0,
    states: new Map(claims.rows.map(({ claim_key, state }) => [claim_key, state])),
  };
}
