import { createPrivateKey } from 'node:crypto';
import type { Keyring } from '@claimwire/keyring';
import type { Queryable } from '@claimwire/postgres';
import type { TimedSecret } from '@claimwire/signing';
import { compileDestination } from './compile-destination.js';
import type { WebhookRecord } from './compile-destination.js';
import type { Destination, JwtKey } from './destination.js';

interface KeyRow {
  kid: string;
  /** Seconds since the epoch. */
  signsFrom: number;
  /** Base64. */
  sealed: string;
}

interface WebhookRow extends Omit<WebhookRecord, 'secrets' | 'credentials' | 'keys'> {
  keys: KeyRow[] | null;
  signingSealed: Buffer;
  credentialSetId: string;
  credentialTenant: string;
  credentialType: string;
  credentialSealed: Buffer;
  /** Differs when anything of the two rows does. */
  fingerprint: string;
}

/** What a row was made into, with what tells whether the row is still the same. */
interface Cached {
  fingerprint: string;
  destination: Destination | null;
}

const WEBHOOKS = `
select w.id, w.tenant_id as tenant, w.status, w.status_since::text as "statusSince", w.method, w.url, w.concurrency,
  w.timeout_ms as "timeoutMs", w.rate_limit as "rateLimit", w.disable_after_seconds * 1000::float8 as "disableAfterMs",
  (extract(epoch from w.status_since) * 1000)::float8 as "activeSince", w.log_response as "logResponse", w.ordering, w.retry_policy as "retryPolicy", w.payload, w.signing, w.headers,
  w.signing_sealed as "signingSealed", c.id as "credentialSetId", c.tenant_id as "credentialTenant",
  c.type as "credentialType", c.sealed as "credentialSealed",
  k.keys, md5(w::text || c::text || coalesce(k.keys::text, '')) as fingerprint
from webhooks w join credential_sets c on c.id = w.credential_set_id and c.tenant_id = w.tenant_id
  left join lateral (
    select jsonb_agg(jsonb_build_object('kid', kid, 'signsFrom', extract(epoch from signs_from),
      'sealed', encode(sealed, 'base64')) order by kid) as keys
    from signing_keys where tenant_id = w.tenant_id and (published_until is null or published_until > now())
  ) k on w.signing->>'type' = 'jwt_rs256'
where $1::text[] is null or w.id = any($1)
order by w.created_at, w.id`;

/** Reads the webhooks and opens their secrets; a row that has not changed is not opened again. */
export class WebhookReader {
  private cache = new Map<string, Cached>();

  /** @param onUnusable called once per changed row that cannot be sent to; its deliveries are kept */
  constructor(
    private readonly keyring: Keyring,
    private readonly onUnusable: (webhookId: string, error: unknown) => void,
  ) {}

  /**
   * In order of creation.
   * @param ids of these webhooks only; null = all
   */
  async read(client: Queryable, ids: readonly string[] | null): Promise<Destination[]> {
    const { rows } = await client.query<WebhookRow>(WEBHOOKS, [ids]);
    const read = new Map<string, Cached>();
    for (const row of rows) {
      const known = this.cache.get(row.id);
      const { fingerprint } = row;
      const isKnown = known?.fingerprint === fingerprint;
      read.set(row.id, isKnown ? known : { fingerprint, destination: this.compile(row) });
    }
    this.remember(read, ids);
    return [...read.values()].flatMap(({ destination }) => destination ?? []);
  }

  private remember(read: Map<string, Cached>, ids: readonly string[] | null): void {
    if (ids === null) this.cache = read;
    for (const id of ids ?? []) {
      const cached = read.get(id);
      if (cached) this.cache.set(id, cached);
      else this.cache.delete(id);
    }
  }

  private compile(row: WebhookRow): Destination | null {
    const { signingSealed, credentialSetId, credentialTenant, credentialType, credentialSealed, keys, ...rest } = row;
    try {
      const place = { tenant: row.tenant, table: 'webhooks', row: row.id, column: 'signing_sealed' };
      const { secrets = [] } = JSON.parse(this.keyring.open(signingSealed, place)) as { secrets?: TimedSecret[] };
      const set = { tenant: credentialTenant, table: 'credential_sets', row: credentialSetId, column: 'sealed' };
      const config = JSON.parse(this.keyring.open(credentialSealed, set)) as Record<string, unknown>;
      const opened = (keys ?? []).map((key) => this.openKey(row.tenant, key));
      return compileDestination({ ...rest, secrets, keys: opened, credentials: { type: credentialType, config } });
    } catch (error) {
      this.onUnusable(row.id, error);
      return null;
    }
  }

  private openKey(tenant: string, { kid, signsFrom, sealed }: KeyRow): JwtKey {
    const place = { tenant, table: 'signing_keys', row: kid, column: 'sealed' };
    const key = createPrivateKey(this.keyring.open(Buffer.from(sealed, 'base64'), place));
    return { kid, key, signsFrom: signsFrom * 1000 };
  }
}
