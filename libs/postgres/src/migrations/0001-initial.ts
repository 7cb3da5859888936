import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. Later changes are new files and expand-and-contract: version N and N+1 run side by side. */
export class Initial1763800000001 implements MigrationInterface {
  readonly name = 'Initial1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONFIGURATION);
    await runner.query(CLAIMS);
    await runner.query(DELIVERIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table delivery_attempts, deliveries, webhook_leases, quarantine, notices, claim_events, claims, consumer_lanes,
        idempotency_keys, audit_log, bindings, webhooks, credential_sets, connection_tokens, connections, api_keys, tenants;
      drop sequence configuration_version;
      drop function notify_configuration();`);
  }
}

/** What the API writes and the other apps read. `sealed` columns: AES-256-GCM (libs/keyring). */
const CONFIGURATION = `
create table tenants (
  id text primary key,
  name text not null,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table api_keys (
  id text primary key,
  -- null: a platform-admin key
  tenant_id text references tenants,
  name text not null,
  scope text not null check (scope in ('viewer', 'operator', 'owner', 'platform-admin')),
  hash bytea not null unique,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);

create table connections (
  id text primary key,
  tenant_id text not null references tenants,
  provider text not null,
  name text not null,
  -- the posted objects without their secrets, and the secrets sealed as one JSON text {auth, settings}
  auth jsonb not null,
  settings jsonb not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on connections (tenant_id, provider);

-- URL tokens: looked up by hash, sealed so that the address can be shown again; several at once during rotation
create table connection_tokens (
  token_hash bytea primary key,
  connection_id text not null references connections on delete cascade,
  sealed bytea not null,
  not_after timestamptz,
  created_at timestamptz not null default now()
);
create index on connection_tokens (connection_id);

create table credential_sets (
  id text primary key,
  tenant_id text not null references tenants,
  name text not null,
  type text not null,
  config jsonb not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on credential_sets (tenant_id);

create table webhooks (
  id text primary key,
  tenant_id text not null references tenants,
  name text not null,
  method text not null,
  url text not null,
  credential_set_id text not null references credential_sets,
  concurrency int not null,
  headers jsonb not null default '{}',
  timeout_ms int not null,
  retry_policy jsonb not null,
  ordering text not null check (ordering in ('per_claim', 'unordered', 'latest_only')),
  -- {type, header?, encoding?}; its secrets sealed as JSON {secrets: [{value, notAfter?}]}
  signing jsonb not null,
  signing_sealed bytea not null,
  payload text not null check (payload in ('full', 'status_only')),
  status text not null default 'active' check (status in ('active', 'paused', 'deauthorized', 'disabled')),
  status_reason text,
  status_since timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on webhooks (tenant_id);
create index on webhooks (credential_set_id);

create table bindings (
  id text primary key,
  tenant_id text not null references tenants,
  webhook_id text not null references webhooks on delete cascade,
  event_type text not null,
  filters jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index on bindings (webhook_id);

-- Raised by every change of configuration; readers compare it and reload (a cheap "has anything changed?").
create sequence configuration_version;
create function notify_configuration() returns trigger language plpgsql as $$
begin
  perform nextval('configuration_version');
  perform pg_notify('configuration', tg_table_name);
  return null;
end $$;
create trigger changed after insert or update or delete on tenants for each statement execute function notify_configuration();
create trigger changed after insert or update or delete on connections for each statement execute function notify_configuration();
create trigger changed after insert or update or delete on connection_tokens for each statement execute function notify_configuration();
create trigger changed after insert or update or delete on credential_sets for each statement execute function notify_configuration();
create trigger changed after insert or update or delete on webhooks for each statement execute function notify_configuration();
create trigger changed after insert or update or delete on bindings for each statement execute function notify_configuration();

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  tenant_id text,
  actor text not null,
  action text not null,
  target text,
  detail jsonb not null default '{}'
);
create index on audit_log (tenant_id, id);

create table idempotency_keys (
  tenant_id text not null,
  key text not null,
  request_hash bytea not null,
  status int,
  sealed bytea,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
`;

/** What the normaliser writes. */
const CLAIMS = `
-- One row per consumer and partition: where PostgreSQL stands, who holds it, and how far its outgoing messages are sent.
create table consumer_lanes (
  id int generated always as identity unique,
  consumer text not null,
  topic text not null,
  partition int not null,
  next_offset bigint not null default 0,
  -- raised by each new assignee; a commit with an old one rolls back (a zombie is fenced)
  epoch bigint not null default 0,
  owner text,
  -- the owner starts no produce that could outlive this; a taker waits for it
  lease_until timestamptz not null default '-infinity',
  -- outgoing messages of this lane are numbered 1, 2, …; those up to sent_seq are on Kafka
  last_seq bigint not null default 0,
  sent_seq bigint not null default 0,
  primary key (consumer, topic, partition)
);

create table claims (
  claim_key text primary key,
  tenant_id text not null,
  provider text not null,
  status text not null,
  version int not null,
  -- ClaimState as published
  state jsonb not null,
  -- the fold's accumulator: lets an in-order event be applied without reading the history
  accumulator jsonb not null,
  updated_at timestamptz not null default now()
);
create index on claims (tenant_id, updated_at desc, claim_key);

create table claim_events (
  event_id text not null unique,
  claim_key text not null,
  tenant_id text not null,
  version int not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  late boolean not null,
  -- ClaimFact, the fold's input
  fact jsonb not null,
  -- ClaimEvent, byte for byte as published and delivered
  message text not null,
  lane_id int not null,
  lane_seq bigint not null,
  primary key (claim_key, version)
);
create unique index on claim_events (lane_id, lane_seq);
create index on claim_events (tenant_id, received_at);

create table notices (
  id text primary key,
  tenant_id text not null,
  entity text not null,
  type text not null,
  received_at timestamptz not null,
  message text not null,
  lane_id int not null,
  lane_seq bigint not null,
  unique (lane_id, lane_seq)
);

-- Index over claims.quarantine.v1; the bytes stay on the topic.
create table quarantine (
  id text primary key,
  tenant_id text not null,
  connection_id text not null,
  ce_id text not null,
  ce_type text not null,
  reason text not null,
  stage text not null,
  source_topic text,
  source_partition int,
  source_offset bigint,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  status text not null default 'open' check (status in ('open', 'retried', 'discarded')),
  received_at timestamptz not null,
  settled_at timestamptz,
  unique (topic, partition, "offset")
);
create index on quarantine (tenant_id, received_at desc, id);
`;

/** What fan-out writes. */
const DELIVERIES = `
-- Exactly one replica sends for a webhook at a time.
create table webhook_leases (
  webhook_id text primary key references webhooks on delete cascade,
  owner text not null,
  epoch bigint not null,
  expires_at timestamptz not null
);

create table deliveries (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  webhook_id text not null references webhooks on delete cascade,
  -- claim_events.event_id or notices.id; the body is read from there
  event_id text not null,
  event_type text not null,
  -- orders deliveries of one claim on one webhook; a notice has its id here and version 0
  claim_key text not null,
  version int not null,
  -- '' = the live delivery; else the replay it belongs to
  replay_id text not null default '',
  state text not null default 'pending' check (state in ('pending', 'delivered', 'rejected', 'exhausted', 'superseded')),
  attempts int not null default 0,
  first_attempt_at timestamptz,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (webhook_id, event_id, replay_id)
);
create index deliveries_waiting on deliveries (webhook_id, next_attempt_at, id) where state = 'pending';
create index deliveries_claim_order on deliveries (webhook_id, claim_key, version) where state = 'pending';
create index deliveries_error_queue on deliveries (webhook_id, id) where state = 'exhausted';

create table delivery_attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  webhook_id text not null,
  tenant_id text not null,
  event_id text not null,
  number int not null,
  at timestamptz not null,
  -- HTTP status; null where there was no answer
  status int,
  -- constant code: "timeout", "connection_refused", "tls", "address_refused", …
  error text,
  -- milliseconds per phase: {connect, firstByte, total}
  phases jsonb not null,
  -- {method, url, headers with secrets masked}
  request jsonb not null,
  -- {headers, body cut at 2 kB}
  response jsonb
);
create index on delivery_attempts (webhook_id, id desc);
`;
