import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which webhooks a change of configuration is about, and whether its transaction is still open: readers reload those only,
 * and wait for writers of configuration only, not for every long transaction of the cluster.
 */
export class ConfigurationChanges1763800000015 implements MigrationInterface {
  readonly name = 'ConfigurationChanges1763800000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHANGES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UNDO);
  }
}

/** The lock's two numbers are known to apps/fanout (open-writers). */
const CHANGES = `
-- Writers whose change only the old function has counted end first; whoever is slower than that fails this, to be run again.
set local lock_timeout = '10s';
lock table tenants, connections, connection_tokens, credential_sets, webhooks, bindings, signing_keys in share row exclusive mode;

create table configuration_changes (
  -- configuration_version as this change raised it
  version bigint not null,
  webhook_id text not null,
  at timestamptz not null default now()
);
create index on configuration_changes (version);
create index on configuration_changes (at);

-- Locks until the transaction ends, before the number is drawn: whoever reads the number and no lock sees the rows.
create function raise_configuration() returns bigint language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7302011, 0);
  return nextval('configuration_version');
end $$;

create or replace function notify_configuration() returns trigger language plpgsql as $$
begin
  perform raise_configuration();
  perform pg_notify('configuration', tg_table_name);
  return null;
end $$;

create function note_webhook_change() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into configuration_changes (version, webhook_id) values (raise_configuration(), to_jsonb(old) ->> tg_argv[0]);
  end if;
  if tg_op <> 'DELETE' then
    insert into configuration_changes (version, webhook_id) values (raise_configuration(), to_jsonb(new) ->> tg_argv[0]);
  end if;
  return null;
end $$;

create function note_credentials_change() returns trigger language plpgsql as $$
begin
  insert into configuration_changes (version, webhook_id)
  select raise_configuration(), id from webhooks where credential_set_id = new.id and tenant_id = new.tenant_id;
  return null;
end $$;

create function note_signing_key_change() returns trigger language plpgsql as $$
begin
  insert into configuration_changes (version, webhook_id)
  select raise_configuration(), w.id from webhooks w
  where w.tenant_id = case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end
    and w.signing ->> 'type' = 'jwt_rs256';
  return null;
end $$;

create trigger noted after insert or update or delete on webhooks for each row execute function note_webhook_change('id');
create trigger noted after insert or update or delete on bindings for each row execute function note_webhook_change('webhook_id');
create trigger noted after update on credential_sets for each row execute function note_credentials_change();
create trigger noted after insert or update or delete on signing_keys for each row execute function note_signing_key_change();
`;

const UNDO = `
drop trigger noted on webhooks;
drop trigger noted on bindings;
drop trigger noted on credential_sets;
drop trigger noted on signing_keys;
create or replace function notify_configuration() returns trigger language plpgsql as $$
begin
  perform nextval('configuration_version');
  perform pg_notify('configuration', tg_table_name);
  return null;
end $$;
drop function note_webhook_change();
drop function note_credentials_change();
drop function note_signing_key_change();
drop function raise_configuration();
drop table configuration_changes;`;
