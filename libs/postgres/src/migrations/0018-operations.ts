import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators need: an audit log that nobody rewrites, one bootstrap, and an erasure ledger that survives its key. */
export class Operations1763800000018 implements MigrationInterface {
  readonly name = 'Operations1763800000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(AUDIT);
    await runner.query(BOOTSTRAP);
    await runner.query(ERASURE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table erasure_keys drop column sealed;
      drop table platform_bootstrap;
      drop trigger append_only on audit_log;
      drop function refuse_audit_change`);
  }
}

/** Of a statement, so that one which would hit no row is refused as well. */
const AUDIT = `
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();
`;

const BOOTSTRAP = `
-- One row once "claimwire bootstrap" made its first platform-admin key: a second run refuses.
create table platform_bootstrap (
  singleton boolean primary key default true check (singleton),
  key_id text not null,
  bootstrapped_at timestamptz not null default now()
);
`;

const ERASURE = `
-- The hashing key itself, base64, sealed for ("", "erasure_keys", key_id, "sealed") under the active key of the ring: the key
-- that it was made from can leave the ring. Null = that key is still needed ("claimwire keys rotate" fills it in).
alter table erasure_keys add column sealed bytea;
`;
