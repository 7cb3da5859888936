import { isBodiless } from '@claimwire/contracts';
import type { WebhookStatus } from '@claimwire/postgres/schema';
import type { TimedSecret } from '@claimwire/signing';
import { UnusableWebhookError } from './destination.js';
import type { Destination, JwtKey, Method, OAuthClient, Signing } from './destination.js';
import { MASK, maskHeader, maskUrl } from './mask.js';
import { ShownRequest } from './shown-request.js';
import type { Ordering } from '../lanes/lane.js';
import type { RetryPolicy } from '../policy/retry-policy.js';

/** A row of `webhooks`, its secrets and its credential set opened. */
export interface WebhookRecord {
  id: string;
  tenant: string;
  status: WebhookStatus;
  statusSince: string;
  method: Method;
  url: string;
  concurrency: number;
  timeoutMs: number;
  rateLimit: number | null;
  disableAfterMs: number | null;
  activeSince: number;
  logResponse: 'full' | 'headers' | 'none';
  ordering: Ordering;
  retryPolicy: RetryPolicy;
  payload: 'full' | 'status_only';
  signing: { type: string; header?: string; encoding?: string };
  secrets: readonly TimedSecret[];
  /** The tenant's, where it signs by JWT. */
  keys: readonly JwtKey[];
  headers: Readonly<Record<string, string>>;
  credentials: { type: string; config: Readonly<Record<string, unknown>> };
}

type Header = readonly [name: string, value: string];

/** What the connection or the protocol sets; the API refuses them, and a row of an older version must not pass either. */
const FORBIDDEN =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|webhook-.*|ce-.*)$/i;

const USER_AGENT: Header = ['user-agent', 'Claimwire/1'];
const DEFAULTS: readonly Header[] = [['content-type', 'application/json'], USER_AGENT];
/** A shorter value is no secret, and blanking it would spoil what is logged. */
const SHORTEST_SECRET = 8;

function apiKeyHeaders(config: Readonly<Record<string, unknown>>): Header[] {
  const headers = Array.isArray(config.headers) ? (config.headers as { name?: unknown; value?: unknown }[]) : [];
  return headers.map(({ name, value }) => [String(name), String(value)] as const);
}

function dummyHeader({ header }: Readonly<Record<string, unknown>>): Header[] {
  if (typeof header !== 'object' || header === null) return [];
  const { name, value } = header as { name?: unknown; value?: unknown };
  return [[String(name), String(value)]];
}

function credentialHeaders({ type, config }: WebhookRecord['credentials']): Header[] {
  switch (type) {
    case 'none':
      // Some receivers want a header to be there, whatever it says.
      return dummyHeader(config);
    case 'oauth2_client_credentials':
      return [];
    case 'api_keys':
      return apiKeyHeaders(config);
    case 'basic': {
      const pair = `${String(config.username)}:${String(config.password)}`;
      return [['authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`]];
    }
    default:
      throw new UnusableWebhookError(`credential sets of type "${type}" are not supported`);
  }
}

function readOAuth({ type, config }: WebhookRecord['credentials']): OAuthClient | null {
  if (type !== 'oauth2_client_credentials') return null;
  const { tokenUrl, clientId, clientSecret, scope } = config;
  if (typeof tokenUrl !== 'string' || !URL.canParse(tokenUrl)) throw new UnusableWebhookError('it has no token URL');
  return {
    tokenUrl,
    clientId: String(clientId),
    clientSecret: String(clientSecret),
    scope: typeof scope === 'string' ? scope : undefined,
  };
}

function readSigning({ signing, secrets, keys, url }: WebhookRecord): Signing {
  const { type, header, encoding } = signing;
  if (type === 'none') return { type };
  if (header && FORBIDDEN.test(header)) throw new UnusableWebhookError('it signs in a header of the protocol');
  if (type === 'jwt_rs256') {
    if (!header || keys.length === 0) throw new UnusableWebhookError('jwt_rs256 needs a header and a key');
    return { type, header, audience: url, keys };
  }
  if (type !== 'standard_webhooks' && type !== 'hmac_sha256') {
    throw new UnusableWebhookError(`signing of type "${type}" is not supported`);
  }
  if (secrets.length === 0) throw new UnusableWebhookError('it has no secret to sign with');
  if (type === 'standard_webhooks') return { type };
  if (!header || (encoding ?? 'hex') !== 'hex') throw new UnusableWebhookError('hmac_sha256 needs a header, in hex');
  return { type, header, encoding: 'hex' };
}

/** Later ones replace earlier ones of the same name, however it is spelled. */
function merge(...lists: (readonly Header[])[]): Header[] {
  const byName = new Map<string, Header>();
  for (const header of lists.flat()) byName.set(header[0].toLowerCase(), header);
  return [...byName.values()].filter(([name]) => !FORBIDDEN.test(name));
}

/** The longest first, so that one within another leaves no rest; of "Basic …" also what follows. */
const secretsIn = (values: readonly string[]): string[] =>
  [...new Set(values.flatMap((value) => [value, ...value.split(' ').slice(-1)]))]
    .filter((value) => value.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);

/** @throws UnusableWebhookError when it cannot be sent to as it is */
export function compileDestination(webhook: WebhookRecord): Destination {
  const { url: address, headers: own, credentials, ...rest } = webhook;
  if (!URL.canParse(address)) throw new UnusableWebhookError('its URL cannot be read');
  const url = new URL(address);
  const secret = credentialHeaders(credentials);
  const oauth = readOAuth(credentials);
  const merged = merge(isBodiless(webhook.method) ? [USER_AGENT] : DEFAULTS, Object.entries(own), secret);
  const headers = oauth ? merged.filter(([name]) => name.toLowerCase() !== 'authorization') : merged;
  const secretNames = new Set(secret.map(([name]) => name.toLowerCase()));
  const ownSecrets = headers.filter(([name, value]) => maskHeader(name, value) !== value);
  const secretValues = [
    ...[...secret, ...ownSecrets].map(([, value]) => value),
    ...webhook.secrets.map(({ value }) => value),
    ...url.searchParams.values(),
  ];
  const shown = headers.map(([name, value]) => {
    return [name.toLowerCase(), secretNames.has(name.toLowerCase()) ? MASK : maskHeader(name, value)] as const;
  });
  return {
    ...rest,
    origin: url.origin,
    path: url.pathname + url.search,
    signing: readSigning(webhook),
    oauth,
    headers: headers.flat(),
    shownRequest: new ShownRequest({
      method: webhook.method,
      url: maskUrl(address),
      headers: Object.fromEntries(shown),
    }),
    secretValues: secretsIn(secretValues),
  };
}
