import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What working the quarantine needs, crashes of consumers, and the schema drift report. */
export class Quarantine1763800000004 implements MigrationInterface {
  readonly name = 'Quarantine1763800000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(QUARANTINE);
    await runner.query(CRASHES);
    await runner.query(DRIFT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table schema_drift, consumer_crashes;
      drop index quarantine_open, quarantine_event;
      alter table quarantine drop column expires_at, drop column attempt, drop column previous_id,
        drop column discard_reason;`);
  }
}

const QUARANTINE = `
alter table quarantine
  -- when the topic's retention removes the bytes; the default serves a version that does not know the column
  add column expires_at timestamptz not null default now() + interval '90 days',
  -- an event that is quarantined again after a retry follows on its earlier item
  add column attempt int not null default 1,
  add column previous_id text,
  add column discard_reason text;
update quarantine set expires_at = received_at + interval '90 days';
create index quarantine_open on quarantine (expires_at) where status = 'open';
create index quarantine_event on quarantine (tenant_id, ce_id);
`;

const CRASHES = `
-- Crashes of a consumer at one place (DESIGN, guarantee 7): what all batches that crashed there have in common.
create table consumer_crashes (
  consumer text not null,
  topic text not null,
  partition int not null,
  first_offset bigint not null,
  last_offset bigint not null,
  crashes int not null,
  -- constant code of the newest error, never its message
  error text not null,
  crashed_at timestamptz not null default now(),
  primary key (consumer, topic, partition)
);
`;

const DRIFT = `
-- What providers send and their documents do not say: counted over all tenants, without values.
create table schema_drift (
  provider text not null,
  -- dotted path, [] for any array item, * for a name that looks like data
  path text not null,
  kind text not null check (kind in ('field', 'word')),
  count bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (provider, path, kind)
);
`;
