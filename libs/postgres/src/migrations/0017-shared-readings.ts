import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What one replica has read for the metrics of all: a count over every waiting delivery is not made once per replica. */
export class SharedReadings1763800000017 implements MigrationInterface {
  readonly name = 'SharedReadings1763800000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READINGS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table shared_readings;');
  }
}

const READINGS = `
create table shared_readings (
  -- what was read, for example fanout_backlog
  name text primary key,
  -- when a replica last set out to read it: the next one does after the interval
  begun_at timestamptz not null default clock_timestamp(),
  -- null until somebody has finished
  value jsonb,
  read_at timestamptz
);
`;
