import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { generateWebhookSecret } from '@claimwire/signing';
import { TENANT } from './seed.js';

export interface Crowd {
  webhooks: number;
  bindings: number;
}

/** Filters that tenants with many webhooks use: for a partner, a few statuses, one connection. None wants what is measured. */
const FILTERS = `case n % 4
  when 0 then jsonb_build_object('connection', 'con_' || 2 + n % 500)
  when 1 then jsonb_build_object('partnership', 'partner-' || n % 200)
  when 2 then jsonb_build_object('provider', jsonb_build_array('stedi', 'curacel'), 'status', jsonb_build_array('paid', 'denied'))
  else jsonb_build_object('status', 'rejected', 'transaction', '277') end`;

/** Webhooks of the same tenant that want other events: active, held by the same replica, and matched against each event. */
export async function insertCrowd(pool: Pool, keyringText: string, { webhooks, bindings }: Crowd): Promise<void> {
  const keyring = Keyring.parse(keyringText);
  const ids = Array.from({ length: webhooks }, (_, at) => `whk_crowd_${at}`);
  const sealed = ids.map((row) => {
    const place = { tenant: TENANT, table: 'webhooks', row, column: 'signing_sealed' };
    return keyring.seal(JSON.stringify({ secrets: [{ value: generateWebhookSecret() }] }), place);
  });
  await pool.query(
    `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
       ordering, signing, signing_sealed, payload)
     select id, $1, id, 'POST', 'http://127.0.0.1:9/', 'crd', 8, 5000, '{"type":"fixed","retries":4,"delaySeconds":90}',
       'per_claim', '{"type":"standard_webhooks"}', sealed, 'full' from unnest($2::text[], $3::bytea[]) as w (id, sealed)`,
    [TENANT, ids, sealed],
  );
  await pool.query(
    `insert into bindings (id, tenant_id, webhook_id, event_type, filters)
     select 'bnd_' || n, $1, 'whk_crowd_' || n % $2, case when n % 3 = 0 then 'claim.updated' else '*' end, ${FILTERS}
     from generate_series(1, $3::int) as n`,
    [TENANT, webhooks, bindings],
  );
}

/** A webhook that is paused, with so many deliveries that wait for it, five of each claim. */
export async function insertBacklog(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
       ordering, signing, signing_sealed, payload, status)
     select 'whk_backlog', tenant_id, 'backlog', method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
       ordering, signing, signing_sealed, payload, 'paused' from webhooks where id = 'whk_0'`,
  );
  await pool.query(
    `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version)
     select $1, 'whk_backlog', 'evt_waiting_' || n, 'claim.updated', 'bench/cair/waiting-' || n / 5, 1 + n % 5
     from generate_series(1, $2::int) as n`,
    [TENANT, count],
  );
}
