import { createHmac, randomUUID } from 'node:crypto';
import { phpJson } from './php-json.js';
import { signRs256Jwt } from './rsa-key-pair.js';

export type ProviderName = 'cair' | 'curacel' | 'tpastream' | 'stedi';

/** `auth` as posted to `/v1/connections`; for tpastream it may carry `privateKeyPem`, which signs the tokens. */
export type SenderAuth = { type: string } & Readonly<Record<string, unknown>>;

export interface SignOptions {
  /** Key in the connection's `urls`; default: the provider's only or first one. */
  route?: string;
  now?: Date;
  /** PEM of the key that signs TPA Stream's tokens, where `auth` has none. */
  privateKeyPem?: string;
  /** Life of a TPA Stream token. */
  tokenLifetimeSeconds?: number;
  /** Standard Webhooks: default a new one. */
  webhookId?: string;
}

export interface SignedRequest {
  /** Key in the connection's `urls`: "webhook", "claims", "first-crawl-completions". */
  route: string;
  /** What follows `/webhooks/<provider>/{token}`. */
  suffix: string;
  method: 'POST';
  headers: Record<string, string>;
  body: Buffer;
}

/** By provider and route: what follows the token in the route's address. */
export const ROUTE_SUFFIXES: Readonly<Record<ProviderName, Readonly<Record<string, string>>>> = {
  cair: { webhook: '' },
  curacel: { webhook: '' },
  tpastream: { claims: '/claims', 'first-crawl-completions': '/first-crawl-completions' },
  stedi: { webhook: '' },
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a sender would use: the one value, else the newest of several. */
function newest(one: unknown, several: unknown): string {
  if (typeof one === 'string') return one;
  const last: unknown = Array.isArray(several) ? several.at(-1) : undefined;
  if (typeof last === 'string') return last;
  return typeof last === 'object' && last !== null && 'value' in last ? text(last.value) : '';
}

const secretOf = (auth: SenderAuth): string => newest(auth.secret, auth.secrets);

const hmac = (key: string | Buffer, parts: (string | Buffer)[]): Buffer =>
  parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest();

function standardWebhooksHeaders(auth: SenderAuth, body: Buffer, now: Date, id: string): Record<string, string> {
  const key = Buffer.from(secretOf(auth).replace(/^whsec_/, ''), 'base64');
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac(key, [`${id}.${timestamp}.`, body]).toString('base64')}`,
  };
}

function apiKeyHeaders(auth: SenderAuth): Record<string, string> {
  const headers = (Array.isArray(auth.headers) ? auth.headers : []) as {
    name: string;
    value?: string;
    values?: unknown;
  }[];
  return Object.fromEntries(headers.map(({ name, value, values }) => [name.toLowerCase(), newest(value, values)]));
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function tokenOf(auth: SenderAuth, options: SignOptions, now: Date): string {
  const privateKeyPem = options.privateKeyPem ?? auth.privateKeyPem;
  if (typeof privateKeyPem !== 'string') throw new Error('a TPA Stream request needs the private key that signs it');
  const issuedAt = Math.floor(now.getTime() / 1000);
  return signRs256Jwt(privateKeyPem, { iat: issuedAt, exp: issuedAt + (options.tokenLifetimeSeconds ?? 300) });
}

/** Credential headers as the provider sends them, by `auth.type`. */
function credentialHeaders(
  provider: ProviderName,
  auth: SenderAuth,
  body: Buffer,
  options: SignOptions,
): Record<string, string> {
  const now = options.now ?? new Date();
  switch (auth.type) {
    case 'api_secret':
      return { [text(auth.header).toLowerCase()]: secretOf(auth) };
    case 'hmac_sha256': {
      const name = (text(auth.header) || 'x-curacel-signature').toLowerCase();
      const encoding = auth.encoding === 'base64' ? 'base64' : 'hex';
      return { [name]: text(auth.prefix) + hmac(secretOf(auth), [body]).toString(encoding) };
    }
    case 'jwt_rs256':
      return { 'tpastream-signature': tokenOf(auth, options, now) };
    case 'api_keys':
      return apiKeyHeaders(auth);
    case 'basic':
      return { authorization: basic(text(auth.username), newest(auth.password, auth.passwords)) };
    case 'standard_webhooks':
      return standardWebhooksHeaders(auth, body, now, options.webhookId ?? `msg_${randomUUID()}`);
    case 'none':
      return provider === 'stedi' ? { 'x-stedi-noauth': 'dummy' } : {};
    default:
      throw new Error(`no sender for auth type "${auth.type}"`);
  }
}

/** Bytes as the provider's own serialiser writes them; a Buffer or text is sent as it is. */
export function webhookBytes(provider: ProviderName, body: Buffer | string | object): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(provider === 'curacel' ? phpJson(body) : JSON.stringify(body));
}

/**
 * A genuinely signed webhook request, as the provider would send it.
 * @throws Error when the auth type or route is none of the provider's, or a key to sign with is missing
 */
export function signedRequest(
  provider: ProviderName,
  auth: SenderAuth,
  body: Buffer | string | object,
  options: SignOptions = {},
): SignedRequest {
  const routes = ROUTE_SUFFIXES[provider];
  const route = options.route ?? Object.keys(routes)[0] ?? '';
  const suffix = routes[route];
  if (suffix === undefined) throw new Error(`${provider} has no route "${route}"`);
  const bytes = webhookBytes(provider, body);
  return {
    route,
    suffix,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentialHeaders(provider, auth, bytes, options) },
    body: bytes,
  };
}
