import { generateSshRsaKeyPair, type ProviderName, type SenderAuth, signedRequest } from '@claimwire/testkit';
import type { ApiClient } from './api-client.js';
import type { System } from './system.js';

export interface Connection {
  id: string;
  urls: Record<string, string>;
  auth: SenderAuth;
}

export interface WebhookAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A tenant made through the API, as a user would make it. */
export class Tenant {
  private constructor(
    readonly id: string,
    readonly api: ApiClient,
  ) {}

  static async create(system: Pick<System, 'admin' | 'as'>, id: string): Promise<Tenant> {
    const made = await system.admin().must<{ id: string; apiKey: string }>('POST', '/tenants', { id, name: id });
    return new Tenant(made.id, system.as(made.apiKey));
  }

  /** @param auth as posted, but for `privateKeyPem`, which stays with the sender */
  async connect(provider: ProviderName, auth: SenderAuth, settings: object = {}): Promise<Connection> {
    const posted = Object.fromEntries(Object.entries(auth).filter(([name]) => name !== 'privateKeyPem'));
    const request = { provider, name: `${provider} of ${this.id}`, auth: posted, settings };
    const made = await this.api.must<{ id: string; urls: Record<string, string> }>('POST', '/connections', request);
    return { ...made, auth };
  }

  /** A webhook that gets what its bindings match; by default everything. */
  async subscribe(url: string, more: object = {}, bindings: object[] = [{ eventType: '*' }]) {
    const set = { name: 'pms', type: 'api_keys', headers: [{ name: 'x-pms-key', value: 'expected-by-the-receiver' }] };
    const { id: credentialSetId } = await this.api.must<{ id: string }>('POST', '/credential-sets', set);
    const request = { name: 'pms', method: 'POST', url, credentialSetId, concurrency: 5, ...more };
    const webhook = await this.api.must<{ id: string; signing: { secret: string } }>('POST', '/webhooks', request);
    for (const binding of bindings) await this.api.must('POST', `/webhooks/${webhook.id}/bindings`, binding);
    return { id: webhook.id, secret: webhook.signing.secret, credentialSetId };
  }
}

/** One genuine auth per provider; Stedi's reports come from `reportUrl`. */
export function sampleAuths(): Record<ProviderName, SenderAuth> {
  const keys = generateSshRsaKeyPair();
  return {
    cair: { type: 'hmac_sha256', header: 'x-signature', secret: 'cair-shared-secret-0001', encoding: 'hex' },
    curacel: { type: 'hmac_sha256', secret: 'curacel-shared-secret-1', mode: 'required' },
    tpastream: { type: 'jwt_rs256', publicKeys: [keys.sshPublicKey], privateKeyPem: keys.privateKeyPem },
    stedi: { type: 'api_keys', headers: [{ name: 'x-stedi-key', value: 'stedi-api-key-value-1' }] },
  };
}

export interface SendOptions {
  route?: string;
  /** Overrides, and removals where undefined, after signing. */
  headers?: Record<string, string | undefined>;
  /** Sent in place of the signed body. */
  tamperedBody?: Buffer;
}

/** Posts a genuinely signed webhook, or one that was tampered with after signing. */
export async function send(
  provider: ProviderName,
  connection: Connection,
  body: object | string | Buffer,
  { route, headers = {}, tamperedBody }: SendOptions = {},
): Promise<WebhookAnswer> {
  const request = signedRequest(provider, connection.auth, body, { route });
  const merged = Object.entries({ ...request.headers, ...headers }).filter(([, value]) => value !== undefined);
  return post(
    connection.urls[request.route]!,
    Object.fromEntries(merged) as Record<string, string>,
    tamperedBody ?? request.body,
  );
}

export async function post(url: string, headers: Record<string, string>, body: Buffer): Promise<WebhookAnswer> {
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text || '{}') as Record<string, unknown>,
  };
}
