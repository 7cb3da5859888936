/** One role per app, and one for the `claimwire` command; the owner of the schema migrates and is no role of these. */
export const DATABASE_ROLES = [
  'claimwire_ingress',
  'claimwire_normalizer',
  'claimwire_stedi_reports',
  'claimwire_fanout',
  'claimwire_api',
  'claimwire_operator',
] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** What stands between "grant" and "on", by the role's name without "claimwire_"; who is not named may do nothing. */
type Grants = { readonly [Role in DatabaseRole as Role extends `claimwire_${infer App}` ? App : never]?: string };

const READ = 'select';
const KEEP = 'select, insert';
const CHANGE = 'select, insert, update';
const OWN = 'select, insert, update, delete';

/**
 * Who may do what with each table. A table that is missing here fails a test: whoever adds one decides. Secrets are columns: only
 * who opens them may read them.
 */
export const TABLE_GRANTS: Readonly<Record<string, Grants>> = {
  schema_migrations: { ingress: READ, normalizer: READ, stedi_reports: READ, fanout: READ, api: READ, operator: READ },

  tenants: { normalizer: 'select (id, settings)', api: OWN, operator: 'select (id, settings)' },
  api_keys: { api: OWN },
  // `claimwire bootstrap` and `claimwire keys` are the owner's.
  platform_bootstrap: {},
  connections: {
    ingress: 'select (id, tenant_id, provider, sealed)',
    normalizer: 'select (id, tenant_id, provider, settings)',
    stedi_reports: 'select (id, tenant_id, provider, sealed, created_at, updated_at)',
    fanout: 'select (id, tenant_id, provider)',
    api: OWN,
    operator: 'select (id, tenant_id, provider, settings)',
  },
  connection_tokens: { ingress: 'select (token_hash, connection_id, not_after)', api: OWN },
  credential_sets: { fanout: READ, api: OWN },
  // Fan-out turns a webhook off that refuses everything, and no more.
  webhooks: { fanout: 'select, update (status, status_reason, status_since)', api: OWN, operator: READ },
  bindings: { fanout: READ, api: OWN },
  signing_keys: { fanout: READ, api: OWN },
  idempotency_keys: { api: OWN },
  // Written by triggers, with the rights of whoever changes a webhook.
  configuration_changes: { fanout: 'select, insert, delete', api: 'insert' },
  shared_readings: { api: CHANGE },
  // Append-only: nobody changes or removes an entry.
  audit_log: {
    // It looks whether this minute's refusals are noted already.
    ingress: 'insert, select (id, tenant_id, action, target, detail)',
    stedi_reports: 'insert',
    fanout: 'insert',
    api: KEEP,
    operator: KEEP,
  },

  consumer_lanes: {
    normalizer: CHANGE,
    stedi_reports: CHANGE,
    fanout: CHANGE,
    api: CHANGE,
    operator: CHANGE,
  },
  consumer_crashes: { normalizer: OWN },
  schema_drift: { normalizer: CHANGE, api: READ },
  claims: { normalizer: CHANGE, api: READ, operator: OWN },
  claim_search: { normalizer: CHANGE, api: READ, operator: OWN },
  // The system of record: an event is added, never changed; only an erasure removes.
  claim_events: { normalizer: KEEP, fanout: READ, api: READ, operator: 'select, insert, delete' },
  notices: { normalizer: KEEP, fanout: KEEP, api: KEEP, operator: READ },
  quarantine: { normalizer: CHANGE, api: 'select, update', operator: 'select, delete' },
  erasure_keys: { normalizer: READ, fanout: READ, api: READ, operator: KEEP },
  erased_claims: { normalizer: READ, fanout: READ, api: READ, operator: KEEP },

  ingress_spool: { ingress: OWN, operator: 'select, update, delete' },
  ingress_spool_usage: { ingress: 'select, update', operator: 'select, update' },
  stedi_jobs: { stedi_reports: OWN, api: READ },
  stedi_report_connections: { stedi_reports: OWN, api: READ },

  deliveries: { fanout: OWN, api: OWN, operator: 'select, delete' },
  delivery_attempts: { fanout: KEEP, api: READ, operator: 'select, delete' },
  delivery_attempts_default: { fanout: 'select, delete' },
  replays: { fanout: OWN, api: CHANGE, operator: 'select, delete' },
  webhook_leases: { fanout: CHANGE, operator: 'select, update' },
  webhook_health: { fanout: OWN, api: 'select, delete' },
  exhausted_deliveries: { fanout: CHANGE, api: READ },
};

export const SEQUENCE_GRANTS: Readonly<Record<string, Grants>> = {
  configuration_version: { ingress: READ, fanout: 'select, usage', api: 'select, usage' },
  delivery_attempts_ids: { fanout: 'usage' },
  // The owner's.
  schema_migrations_id_seq: {},
};

/** Functions that run with the owner's rights; nobody else may call them. */
export const FUNCTION_GRANTS: Readonly<Record<string, Grants>> = {
  'make_attempt_partition(date)': { fanout: 'execute' },
  'drop_attempt_partition(text)': { fanout: 'execute' },
};
