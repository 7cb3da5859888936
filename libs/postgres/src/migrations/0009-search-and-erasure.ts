import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What finds claims among millions (docs/query-plans.md), and what keeps erased claims from coming back (docs/recipes/erase-a-claim.md). */
export class SearchAndErasure1763800000009 implements MigrationInterface {
  readonly name = 'SearchAndErasure1763800000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LISTS);
    await runner.query(SEARCH);
    await runner.query(ERASURE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table erased_claims, erasure_keys;
      drop trigger claims_inserted on claims;
      drop trigger claims_updated on claims;
      drop trigger claims_deleted on claims;
      drop function note_new_claims(), note_aliases(), forget_claim();
      drop table claim_search;
      drop function alias_values(jsonb);
      drop index claims_by_provider_status;`);
  }
}

const LISTS = `
-- Filters of GET /v1/claims: with one of the two columns open, the list merges a scan for each of its few values.
create index claims_by_provider_status on claims (tenant_id, provider, status, updated_at desc, claim_key);
`;

const SEARCH = `
create extension if not exists pg_trgm;

-- What a claim is searched by, beside its claim: an update of a claim writes to all of its indexes, and trigrams cost as
-- much as the rest of it. This row changes with the claim's aliases only.
create table claim_search (
  claim_key text primary key,
  tenant_id text not null,
  -- their values in lower case
  aliases text[] not null
);

create function alias_values(state jsonb) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct lower(alias ->> 'value')), '{}') from jsonb_array_elements(state -> 'aliases') as alias
$$;

insert into claim_search select claim_key, tenant_id, alias_values(state) from claims;
-- Part of a key, whole aliases. What is not sorted in yet every search reads: a short list.
create index claim_search_terms on claim_search using gin (lower(claim_key) gin_trgm_ops, aliases)
  with (gin_pending_list_limit = 256);

-- Triggers, so that a normaliser of the version before writes it too.
create function note_new_claims() returns trigger language plpgsql as $$
begin
  insert into claim_search select claim_key, tenant_id, alias_values(state) from inserted
  on conflict (claim_key) do update set aliases = excluded.aliases;
  return null;
end $$;
create trigger claims_inserted after insert on claims referencing new table as inserted
  for each statement execute function note_new_claims();

create function note_aliases() returns trigger language plpgsql as $$
begin
  insert into claim_search values (new.claim_key, new.tenant_id, alias_values(new.state))
  on conflict (claim_key) do update set aliases = excluded.aliases;
  return null;
end $$;
create trigger claims_updated after update on claims
  for each row when (old.state -> 'aliases' is distinct from new.state -> 'aliases') execute function note_aliases();

create function forget_claim() returns trigger language plpgsql as $$
begin
  delete from claim_search where claim_key = old.claim_key;
  return null;
end $$;
create trigger claims_deleted after delete on claims for each row execute function forget_claim();
`;

const ERASURE = `
-- Keys of CLAIMWIRE_KEYRING that erased_claims was written with: who reads it must have them all. Empty = nothing is erased.
create table erasure_keys (
  key_id text primary key
);

-- Claims that were erased: an event of one is dropped. No id is in it: HMAC of the claim key, by a key made from key_id's.
create table erased_claims (
  hash bytea primary key,
  key_id text not null references erasure_keys,
  tenant_id text not null,
  erased_at timestamptz not null default now()
);
`;
