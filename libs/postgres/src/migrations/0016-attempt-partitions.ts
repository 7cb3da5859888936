import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What fan-out's housekeeping does with the days of delivery_attempts, as functions with the owner's rights: its own role need not
 * own a table, nor make any other.
 */
export class AttemptPartitions1763800000016 implements MigrationInterface {
  readonly name = 'AttemptPartitions1763800000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function make_attempt_partition(date), drop_attempt_partition(text)');
  }
}

const FUNCTIONS = `
create function make_attempt_partition(day date) returns void language plpgsql security definer set search_path from current as $$
declare
  name text := 'delivery_attempts_' || to_char(day, 'YYYYMMDD');
begin
  execute format('create table %I (like delivery_attempts including defaults)', name);
  execute format('alter table delivery_attempts attach partition %I for values from (%L) to (%L)',
    name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
end $$;

-- Only a partition of that table, and only one whose days are over.
create function drop_attempt_partition(name text) returns void language plpgsql security definer set search_path from current as $$
declare
  ends timestamptz;
begin
  select (regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$TO \\('([^']+)'\\)$r$))[1]::timestamptz into ends
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'delivery_attempts'::regclass and c.relname = name;
  if ends is null or ends > now() then
    raise exception '% is no partition of delivery_attempts whose time is over', name using errcode = 'invalid_parameter_value';
  end if;
  execute format('drop table %I', name);
end $$;

revoke execute on function make_attempt_partition(date), drop_attempt_partition(text) from public;
`;
