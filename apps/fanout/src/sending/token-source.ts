import type { Dispatcher } from 'undici';
import type { OAuthClient } from '../configuration/destination.js';
import type { Deadlines } from './deadlines.js';
import { exchange, type Exchange } from './http-exchange.js';

export type TokenAnswer =
  | { kind: 'token'; value: string }
  /** The token endpoint knows the client and refuses it: nothing changes that but new credentials. */
  | { kind: 'refused' }
  | { kind: 'unavailable' };

interface Cached {
  token: string;
  /** By performance.now(). */
  refreshAt: number;
}

const TOKEN_TIMEOUT_MS = 5_000;
const LONGEST_ANSWER_BYTES = 64 * 1024;
/** Where the endpoint does not say how long a token lives (RFC 6749 lets it). */
const DEFAULT_LIFETIME_SECONDS = 300;
/** A token is replaced when this part of its life is over. */
const REFRESH_AFTER = 0.8;
const REFUSALS: ReadonlySet<number | null> = new Set([400, 401]);
const UNAVAILABLE = { kind: 'unavailable' } as const;

const keyOf = ({ tokenUrl, clientId, clientSecret, scope }: OAuthClient): string =>
  JSON.stringify([tokenUrl, clientId, clientSecret, scope]);

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
const form = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

function readToken(body: Buffer, now: number): Cached | null {
  try {
    const answer = JSON.parse(body.toString('utf8')) as { access_token?: unknown; expires_in?: unknown };
    const { access_token: token, expires_in: lifetime } = answer;
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return null;
    const seconds = Number(lifetime) > 0 ? Number(lifetime) : DEFAULT_LIFETIME_SECONDS;
    return { token, refreshAt: now + seconds * 1000 * REFRESH_AFTER };
  } catch {
    return null;
  }
}

/** Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4): kept while they hold, fetched once however many wait. */
export class TokenSource {
  private readonly cache = new Map<string, Cached>();
  private readonly fetching = new Map<string, Promise<TokenAnswer>>();

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly deadlines: Deadlines,
  ) {}

  /** @param waitMs after which the token counts as unavailable; it is fetched on for whoever asks next */
  get(client: OAuthClient, waitMs: number): Promise<TokenAnswer> {
    const key = keyOf(client);
    const known = this.cache.get(key);
    if (known && performance.now() < known.refreshAt) return Promise.resolve({ kind: 'token', value: known.token });
    const fetched = this.fetching.get(key) ?? this.start(key, client);
    return new Promise((resolve) => {
      const callOff = this.deadlines.after(Math.max(0, waitMs), () => resolve(UNAVAILABLE));
      void fetched.then((answer) => {
        callOff();
        resolve(answer);
      });
    });
  }

  /** The receiver refused this token: it is not used again, unless a newer one has taken its place. */
  discard(client: OAuthClient, token: string): void {
    const key = keyOf(client);
    if (this.cache.get(key)?.token === token) this.cache.delete(key);
  }

  private start(key: string, client: OAuthClient): Promise<TokenAnswer> {
    const fetched = this.fetch(key, client).finally(() => this.fetching.delete(key));
    this.fetching.set(key, fetched);
    return fetched;
  }

  private async fetch(key: string, client: OAuthClient): Promise<TokenAnswer> {
    const { status, body } = await this.ask(client);
    if (REFUSALS.has(status)) return { kind: 'refused' };
    const now = performance.now();
    const cached = status === 200 ? readToken(body, now) : null;
    if (!cached) return UNAVAILABLE;
    // Those of clients that have been replaced.
    for (const [other, { refreshAt }] of this.cache) if (refreshAt < now) this.cache.delete(other);
    this.cache.set(key, cached);
    return { kind: 'token', value: cached.token };
  }

  private ask({ tokenUrl, clientId, clientSecret, scope }: OAuthClient): Promise<Exchange> {
    const { origin, pathname, search } = new URL(tokenUrl);
    const basic = Buffer.from(`${form(clientId)}:${form(clientSecret)}`).toString('base64');
    const fields = new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) });
    const headers = [
      ['authorization', `Basic ${basic}`],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ].flat();
    const request = { origin, path: pathname + search, method: 'POST' as const, headers };
    const limits = { timeoutMs: TOKEN_TIMEOUT_MS, keptBodyBytes: LONGEST_ANSWER_BYTES };
    return exchange(this.dispatcher, { ...request, ...limits, body: Buffer.from(fields.toString()) }, this.deadlines);
  }
}
