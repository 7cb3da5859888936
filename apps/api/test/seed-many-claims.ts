/**
 * $1 tenant, $2 how many: claims of four providers with the ids and statuses that theirs have, changed at times over 400
 * days; about one of a thousand is "reversed". Rows are as wide as real ones. Seeded: set_config makes it the same each time.
 */
export const SEED_MANY_CLAIMS = `
with drawn as (
  select n, random() as provider_at, random() as status_at, timestamptz '2026-11-01' - random() * interval '400 days' as at
  from generate_series(1, $2::int) as n
), claim as (
  select n, at, status_at, case when provider_at < 0.5 then 'cair' when provider_at < 0.8 then 'stedi'
    when provider_at < 0.95 then 'tpastream' else 'curacel' end as provider from drawn
), named as (
  select at, provider, 'alt' || md5($1 || 'alias' || n) as alias,
    case provider when 'cair' then md5($1 || 'claim' || n) when 'stedi' then 'PCN-' || upper(substr(md5($1 || 'claim' || n), 1, 8))
      else n::text end as id,
    case provider
      when 'cair' then (array['submitted', 'submitted', 'rejected', 'submission_failed'])[1 + floor(status_at * 4)::int]
      when 'stedi' then case when status_at < 0.003 then 'reversed'
        else (array['paid', 'accepted', 'received', 'rejected', 'denied'])[1 + floor(status_at * 5)::int] end
      when 'tpastream' then (array['adjudicated', 'pending', 'denied'])[1 + floor(status_at * 3)::int]
      else (array['pending', 'approved'])[1 + floor(status_at * 2)::int] end as status
  from claim
), keyed as (select *, $1 || '/' || provider || '/' || id as key from named)
insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator, updated_at)
select key, $1, provider, status, 1,
  jsonb_build_object('claimKey', key, 'tenant', $1, 'provider', provider, 'status', status, 'version', 1,
    'amounts', jsonb_build_object('currency', 'USD', 'billed', '228.00', 'paid', '180.00', 'approved', null),
    'reasons', jsonb_build_array(jsonb_build_object('system', 'x12.277', 'code', '12'), repeat('r', 300)),
    'aliases', jsonb_build_array(jsonb_build_object('system', 'test.alias', 'value', alias))),
  jsonb_build_object('status', status, 'rest', repeat('a', 700)), at
from keyed`;
