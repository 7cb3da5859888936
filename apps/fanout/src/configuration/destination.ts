import type { KeyObject } from 'node:crypto';
import type { WebhookStatus } from '@claimwire/postgres/schema';
import type { TimedSecret } from '@claimwire/signing';
import type { Ordering } from '../lanes/lane.js';
import type { RetryPolicy } from '../policy/retry-policy.js';
import type { ShownRequest } from './shown-request.js';

export type Method = 'POST' | 'PUT' | 'GET' | 'PATCH' | 'DELETE';

/** A tenant's private key that signs JWTs. */
export interface JwtKey {
  kid: string;
  key: KeyObject;
  /** Milliseconds since the epoch: published already, used from then on. */
  signsFrom: number;
}

export type Signing =
  | { type: 'standard_webhooks' }
  | { type: 'hmac_sha256'; header: string; encoding: 'hex' }
  | JwtSigning
  | { type: 'none' };

export interface JwtSigning {
  type: 'jwt_rs256';
  header: string;
  /** The URL as the tenant wrote it. */
  audience: string;
  keys: readonly JwtKey[];
}

/** Of a credential set `oauth2_client_credentials`. */
export interface OAuthClient {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string | undefined;
}

/** A webhook made ready for sending: what does not change from one delivery to the next is worked out once. */
export interface Destination {
  id: string;
  tenant: string;
  status: WebhookStatus;
  /** When it got this status, as PostgreSQL writes it: tells an answer to an older configuration from one to this. */
  statusSince: string;
  method: Method;
  /** Scheme, host and port: one pool of sockets each. */
  origin: string;
  /** Path and query. */
  path: string;
  concurrency: number;
  timeoutMs: number;
  /** Most starts in any second; null = no limit. */
  rateLimit: number | null;
  /** How long it may fail only before it is disabled; null = for ever. */
  disableAfterMs: number | null;
  /** When it got its status, milliseconds since the epoch. */
  activeSince: number;
  /** What the log of attempts keeps of answers. */
  logResponse: 'full' | 'headers' | 'none';
  ordering: Ordering;
  retryPolicy: RetryPolicy;
  payload: 'full' | 'status_only';
  signing: Signing;
  secrets: readonly TimedSecret[];
  /** Whose access token each request carries; null where the headers are all. */
  oauth: OAuthClient | null;
  /** Name, value, name, value, …: the credential set's and the webhook's own, and defaults that these may replace. */
  headers: readonly string[];
  shownRequest: ShownRequest;
  /** Values that no log may show, also where an answer repeats them. */
  secretValues: readonly string[];
}

/** The webhook cannot be sent to as it is configured; its deliveries are kept. The message holds no secret. */
export class UnusableWebhookError extends Error {
  override readonly name = 'UnusableWebhookError';
}
