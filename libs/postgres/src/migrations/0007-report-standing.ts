import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the API shows of how reports are fetched and polled for, and who else announced a job (docs/adr/0005). */
export class ReportStanding1763800000007 implements MigrationInterface {
  readonly name = 'ReportStanding1763800000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STANDING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table stedi_report_connections drop column polled_at, drop column poll_failure, drop column poll_failed_at,
         drop column missed, drop column missed_at;
       alter table stedi_jobs drop column alternates;`,
    );
  }
}

const STANDING = `
alter table stedi_report_connections
  -- when Stedi last answered a poll
  add column polled_at timestamptz,
  -- constant code: why the polls since then failed
  add column poll_failure text,
  add column poll_failed_at timestamptz,
  -- transactions whose webhook never came, and when the last one was found
  add column missed bigint not null default 0,
  add column missed_at timestamptz;
alter table stedi_jobs
  -- announcements of the same transaction by other connections of the tenant, which can take the job over
  add column alternates jsonb not null default '[]';
`;
