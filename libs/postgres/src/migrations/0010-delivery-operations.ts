import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Limits and health of webhooks, replays as jobs, and attempts in daily partitions. Not in one transaction: the table of
 * attempts may be large, and the check that makes it a partition must not hold up those who write to it.
 */
export class DeliveryOperations1763800000010 implements MigrationInterface {
  readonly name = 'DeliveryOperations1763800000010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const [{ done }] = (await runner.query(IS_PARTITIONED)) as [{ done: boolean }];
    if (!done) {
      for (const statement of BEFORE_PARTITIONS) await runner.query(statement);
    }
    await runner.startTransaction();
    try {
      await runner.query(WEBHOOKS);
      await runner.query(REPLAYS);
      if (!done) await runner.query(PARTITIONS);
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UNDO);
  }
}

const IS_PARTITIONED = `select relkind = 'p' as done from pg_class where oid = 'delivery_attempts'::regclass`;

/** What is there by the end of tomorrow is the partition of everything before: checked and indexed without stopping writers. */
const BEFORE_PARTITIONS = [
  `
do $$
begin
  execute format(
    'alter table delivery_attempts drop constraint if exists delivery_attempts_bound,
       add constraint delivery_attempts_bound check (at < %L) not valid',
    (date_trunc('day', now() at time zone 'UTC') + interval '2 days') at time zone 'UTC');
end $$;`,
  'alter table delivery_attempts validate constraint delivery_attempts_bound',
  'drop index concurrently if exists delivery_attempts_before_delivery',
  'create index concurrently delivery_attempts_before_delivery on delivery_attempts (delivery_id)',
  'drop index concurrently if exists delivery_attempts_before_failed',
  `create index concurrently delivery_attempts_before_failed on delivery_attempts (webhook_id, id desc)
   where status >= 300 or error is not null`,
];

const WEBHOOKS = `
alter table webhooks
  -- most requests that start in any second, over all replicas; null = as many as the concurrency lets through
  add column rate_limit int check (rate_limit > 0),
  -- of failing only, after which it is disabled; null = never
  add column disable_after_seconds int default 432000 check (disable_after_seconds > 0),
  -- what the log of attempts keeps of answers: they may hold health data
  add column log_response text not null default 'full' check (log_response in ('full', 'headers', 'none'));

-- Apart from webhooks, whose every change makes all replicas read the configuration again.
create table webhook_health (
  webhook_id text primary key references webhooks on delete cascade,
  -- first failed attempt after the last one that was answered; null = it is well
  failing_since timestamptz
);
`;

const REPLAYS = `
create table replays (
  -- value of the header claimwire-replay
  id text primary key,
  tenant_id text not null,
  webhook_id text not null references webhooks on delete cascade,
  kind text not null check (kind in ('window', 'claim', 'event', 'error_queue')),
  selection jsonb not null,
  rate_per_second int not null check (rate_per_second > 0),
  -- completed = every delivery is made, not yet sent
  state text not null default 'running' check (state in ('running', 'completed', 'cancelled')),
  -- place of the last event that was looked at; moves in the transaction that makes the deliveries
  cursor jsonb,
  -- events in the selection before filters and bindings; null where there are too many to count
  candidates int,
  scanned int not null default 0,
  created int not null default 0,
  stepped_at timestamptz,
  next_step_at timestamptz not null default now(),
  created_by text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index on replays (webhook_id, id);
create index replays_running on replays (next_step_at) where state = 'running';
`;

/**
 * A version that does not know partitions inserts into the same name and gets its ids from the same sequence. Days are UTC.
 * The newest id first is how logs are read; ids of deliveries rise, so that their index grows at one end.
 */
const PARTITIONS = `
lock table delivery_attempts in access exclusive mode;
alter table delivery_attempts rename to delivery_attempts_before;
create sequence delivery_attempts_ids;
select setval('delivery_attempts_ids', (select coalesce(max(id), 0) + 1 from delivery_attempts_before), false);
alter table delivery_attempts_before alter column id drop identity;
create table delivery_attempts (
  like delivery_attempts_before including comments
) partition by range (at);
alter table delivery_attempts alter column id set default nextval('delivery_attempts_ids');
alter table delivery_attempts_before alter column id set default nextval('delivery_attempts_ids');
alter sequence delivery_attempts_ids owned by delivery_attempts.id;
create index on delivery_attempts (webhook_id, id desc);
create index on delivery_attempts (delivery_id);
create index delivery_attempts_failed on delivery_attempts (webhook_id, id desc)
  where status >= 300 or error is not null;
create table delivery_attempts_default partition of delivery_attempts default;
do $$
declare
  today date := (now() at time zone 'UTC')::date;
  bound timestamptz := (today + 2)::timestamp at time zone 'UTC';
begin
  if exists (select from delivery_attempts_before) then
    -- the day may have changed since the check was made: then its rows are looked at once more, under this lock
    execute format('alter table delivery_attempts attach partition delivery_attempts_before for values from (minvalue) to (%L)', bound);
    alter table delivery_attempts_before drop constraint delivery_attempts_bound;
  else
    drop table delivery_attempts_before;
    for day in 0..1 loop
      execute format('create table delivery_attempts_%s partition of delivery_attempts for values from (%L) to (%L)',
        to_char(today + day, 'YYYYMMDD'), (today + day)::timestamp at time zone 'UTC',
        (today + day + 1)::timestamp at time zone 'UTC');
    end loop;
  end if;
end $$;
`;

const UNDO = `
alter table delivery_attempts rename to delivery_attempts_partitioned;
create table delivery_attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  webhook_id text not null,
  tenant_id text not null,
  event_id text not null,
  number int not null,
  at timestamptz not null,
  status int,
  error text,
  phases jsonb not null,
  request jsonb not null,
  response jsonb
);
insert into delivery_attempts overriding system value
  select id, delivery_id, webhook_id, tenant_id, event_id, number, at, status, error, phases, request, response
  from delivery_attempts_partitioned order by id;
select setval(pg_get_serial_sequence('delivery_attempts', 'id'), (select coalesce(max(id), 0) + 1 from delivery_attempts), false);
drop table delivery_attempts_partitioned;
create index on delivery_attempts (webhook_id, id desc);
drop table replays, webhook_health;
alter table webhooks drop column rate_limit, drop column disable_after_seconds, drop column log_response;
`;
