import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stedi transactions as jobs, and what apps/stedi-reports remembers of each connection (docs/adr/0005). */
export class StediJobs1763800000003 implements MigrationInterface {
  readonly name = 'StediJobs1763800000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(JOBS);
    await runner.query(CONNECTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table stedi_jobs, stedi_report_connections;');
  }
}

const JOBS = `
-- One transaction whose report is to be fetched: unique, however often its webhook came or polling found it.
create table stedi_jobs (
  tenant_id text not null,
  transaction_id text not null,
  connection_id text not null,
  origin text not null check (origin in ('webhook', 'backfill')),
  state text not null default 'waiting' check (state in ('waiting', 'done', 'skipped', 'quarantined')),
  -- constant code: how it ended, or why it was not had yet
  reason text,
  -- what the event says of the transaction; no claim is in it
  event jsonb not null,
  -- headers of the raw message that announced it, and where that one is; none for what polling found
  headers jsonb not null,
  source_topic text,
  source_partition int,
  source_offset bigint,
  -- JSON {key, value: base64} of that message, for quarantine (libs/keyring)
  sealed bytea not null,
  -- HTTP requests that one try takes at most
  requests int not null,
  -- raised by each try: an outcome of an older try is void
  attempts int not null default 0,
  first_attempt_at timestamptz,
  due_at timestamptz not null default now(),
  -- somebody is at it until then; whoever finds it passed may take the job
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (tenant_id, transaction_id)
);
create index stedi_jobs_due on stedi_jobs (connection_id, due_at) where state = 'waiting';
create index stedi_jobs_leased on stedi_jobs (connection_id, leased_until) where leased_until is not null;
create index stedi_jobs_settled on stedi_jobs (settled_at) where settled_at is not null;
`;

const CONNECTIONS = `
-- One row per Stedi connection with jobs or polling. Its lock serialises who takes jobs of the connection, so that limits
-- hold over all replicas.
create table stedi_report_connections (
  connection_id text primary key,
  tenant_id text not null,
  -- set while Stedi refuses the API key (401, 403): jobs wait until the connection is changed
  paused_at timestamptz,
  pause_reason text,
  -- connections.updated_at of the settings that were refused
  paused_version timestamptz,
  -- the connection that was served longest ago is next
  served_at timestamptz not null default 'epoch',
  -- token bucket of requests
  tokens double precision not null default 0,
  tokens_at timestamptz not null default 'epoch',
  -- no request before: out of tokens, or Stedi answered 429
  ready_at timestamptz not null default 'epoch',
  -- backfill: one replica polls at a time, and an older one's progress is void
  poll_due_at timestamptz not null default now(),
  poll_epoch bigint not null default 0,
  -- where the present sweep began, its next page, and up to which processedAt it looks; saved after the jobs
  poll_from timestamptz,
  poll_page_token text,
  poll_horizon timestamptz
);
`;
