-- One role per app, with what it needs and no more. Generated: node apps/api/dist/migrate.js --roles
-- The owner of the migrated schema runs it, who may create roles; running it again takes away what is too much.
-- Then give each app a user that can log in: create user claimwire_fanout_1 password '…' in role claimwire_fanout;

do $$ begin create role claimwire_ingress nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role claimwire_normalizer nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role claimwire_stedi_reports nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role claimwire_fanout nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role claimwire_api nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role claimwire_operator nologin; exception when duplicate_object or unique_violation then null; end $$;

begin;

-- claimwire_ingress
revoke all on all tables in schema public from claimwire_ingress;
revoke all on all sequences in schema public from claimwire_ingress;
grant select on table schema_migrations to claimwire_ingress;
grant select (id, tenant_id, provider, sealed) on table connections to claimwire_ingress;
grant select (token_hash, connection_id, not_after) on table connection_tokens to claimwire_ingress;
grant insert, select (id, tenant_id, action, target, detail) on table audit_log to claimwire_ingress;
grant select, insert, update, delete on table ingress_spool to claimwire_ingress;
grant select, update on table ingress_spool_usage to claimwire_ingress;
grant select on sequence configuration_version to claimwire_ingress;

-- claimwire_normalizer
revoke all on all tables in schema public from claimwire_normalizer;
revoke all on all sequences in schema public from claimwire_normalizer;
grant select on table schema_migrations to claimwire_normalizer;
grant select (id, settings) on table tenants to claimwire_normalizer;
grant select (id, tenant_id, provider, settings) on table connections to claimwire_normalizer;
grant select, insert, update on table consumer_lanes to claimwire_normalizer;
grant select, insert, update, delete on table consumer_crashes to claimwire_normalizer;
grant select, insert, update on table schema_drift to claimwire_normalizer;
grant select, insert, update on table claims to claimwire_normalizer;
grant select, insert, update on table claim_search to claimwire_normalizer;
grant select, insert on table claim_events to claimwire_normalizer;
grant select, insert on table notices to claimwire_normalizer;
grant select, insert, update on table quarantine to claimwire_normalizer;
grant select on table erasure_keys to claimwire_normalizer;
grant select on table erased_claims to claimwire_normalizer;

-- claimwire_stedi_reports
revoke all on all tables in schema public from claimwire_stedi_reports;
revoke all on all sequences in schema public from claimwire_stedi_reports;
grant select on table schema_migrations to claimwire_stedi_reports;
grant select (id, tenant_id, provider, sealed, created_at, updated_at) on table connections to claimwire_stedi_reports;
grant insert on table audit_log to claimwire_stedi_reports;
grant select, insert, update on table consumer_lanes to claimwire_stedi_reports;
grant select, insert, update, delete on table stedi_jobs to claimwire_stedi_reports;
grant select, insert, update, delete on table stedi_report_connections to claimwire_stedi_reports;

-- claimwire_fanout
revoke all on all tables in schema public from claimwire_fanout;
revoke all on all sequences in schema public from claimwire_fanout;
grant select on table schema_migrations to claimwire_fanout;
grant select (id, tenant_id, provider) on table connections to claimwire_fanout;
grant select on table credential_sets to claimwire_fanout;
grant select, update (status, status_reason, status_since) on table webhooks to claimwire_fanout;
grant select on table bindings to claimwire_fanout;
grant select on table signing_keys to claimwire_fanout;
grant select, insert, delete on table configuration_changes to claimwire_fanout;
grant insert on table audit_log to claimwire_fanout;
grant select, insert, update on table consumer_lanes to claimwire_fanout;
grant select on table claim_events to claimwire_fanout;
grant select, insert on table notices to claimwire_fanout;
grant select on table erasure_keys to claimwire_fanout;
grant select on table erased_claims to claimwire_fanout;
grant select, insert, update, delete on table deliveries to claimwire_fanout;
grant select, insert on table delivery_attempts to claimwire_fanout;
grant select, delete on table delivery_attempts_default to claimwire_fanout;
grant select, insert, update, delete on table replays to claimwire_fanout;
grant select, insert, update on table webhook_leases to claimwire_fanout;
grant select, insert, update, delete on table webhook_health to claimwire_fanout;
grant select, insert, update on table exhausted_deliveries to claimwire_fanout;
grant select, usage on sequence configuration_version to claimwire_fanout;
grant usage on sequence delivery_attempts_ids to claimwire_fanout;
grant execute on function make_attempt_partition(date) to claimwire_fanout;
grant execute on function drop_attempt_partition(text) to claimwire_fanout;

-- claimwire_api
revoke all on all tables in schema public from claimwire_api;
revoke all on all sequences in schema public from claimwire_api;
grant select on table schema_migrations to claimwire_api;
grant select, insert, update, delete on table tenants to claimwire_api;
grant select, insert, update, delete on table api_keys to claimwire_api;
grant select, insert, update, delete on table connections to claimwire_api;
grant select, insert, update, delete on table connection_tokens to claimwire_api;
grant select, insert, update, delete on table credential_sets to claimwire_api;
grant select, insert, update, delete on table webhooks to claimwire_api;
grant select, insert, update, delete on table bindings to claimwire_api;
grant select, insert, update, delete on table signing_keys to claimwire_api;
grant select, insert, update, delete on table idempotency_keys to claimwire_api;
grant insert on table configuration_changes to claimwire_api;
grant select, insert, update on table shared_readings to claimwire_api;
grant select, insert on table audit_log to claimwire_api;
grant select, insert, update on table consumer_lanes to claimwire_api;
grant select on table schema_drift to claimwire_api;
grant select on table claims to claimwire_api;
grant select on table claim_search to claimwire_api;
grant select on table claim_events to claimwire_api;
grant select, insert on table notices to claimwire_api;
grant select, update on table quarantine to claimwire_api;
grant select on table erasure_keys to claimwire_api;
grant select on table erased_claims to claimwire_api;
grant select on table stedi_jobs to claimwire_api;
grant select on table stedi_report_connections to claimwire_api;
grant select, insert, update, delete on table deliveries to claimwire_api;
grant select on table delivery_attempts to claimwire_api;
grant select, insert, update on table replays to claimwire_api;
grant select, delete on table webhook_health to claimwire_api;
grant select on table exhausted_deliveries to claimwire_api;
grant select, usage on sequence configuration_version to claimwire_api;

-- claimwire_operator
revoke all on all tables in schema public from claimwire_operator;
revoke all on all sequences in schema public from claimwire_operator;
grant select on table schema_migrations to claimwire_operator;
grant select (id, settings) on table tenants to claimwire_operator;
grant select (id, tenant_id, provider, settings) on table connections to claimwire_operator;
grant select on table webhooks to claimwire_operator;
grant select, insert on table audit_log to claimwire_operator;
grant select, insert, update on table consumer_lanes to claimwire_operator;
grant select, insert, update, delete on table claims to claimwire_operator;
grant select, insert, update, delete on table claim_search to claimwire_operator;
grant select, insert, delete on table claim_events to claimwire_operator;
grant select on table notices to claimwire_operator;
grant select, delete on table quarantine to claimwire_operator;
grant select, insert on table erasure_keys to claimwire_operator;
grant select, insert on table erased_claims to claimwire_operator;
grant select, update, delete on table ingress_spool to claimwire_operator;
grant select, update on table ingress_spool_usage to claimwire_operator;
grant select, delete on table deliveries to claimwire_operator;
grant select, delete on table delivery_attempts to claimwire_operator;
grant select, delete on table replays to claimwire_operator;
grant select, update on table webhook_leases to claimwire_operator;

commit;
