export interface OauthClient {
  /** Token endpoint. */
  url: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
}

const TIMEOUT_MS = 5_000;
/** A token is used for this share of its life: a connection that is made late in it still works for a while. */
const USED_SHARE = 0.8;
/** RFC 6749, 5.1 only recommends `expires_in`. */
const DEFAULT_LIFE_S = 300;

/** Access tokens by the client credentials grant (RFC 6749, 4.4), one request for all connections that need one at a time. */
export class OauthTokens {
  private token: Promise<string> | null = null;
  private freshUntil = 0;

  constructor(private readonly client: OauthClient) {}

  /** @throws Error without any secret in it, when the endpoint gives none */
  current(): Promise<string> {
    if (this.token && Date.now() < this.freshUntil) return this.token;
    this.freshUntil = Number.POSITIVE_INFINITY;
    const asked = this.ask().catch((error: unknown) => {
      this.token = null;
      throw error;
    });
    this.token = asked;
    return asked;
  }

  private async ask(): Promise<string> {
    const { url, clientId, clientSecret, scope } = this.client;
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
    });
    if (!response.ok) throw new Error(`the OAuth token endpoint answered ${response.status}`);
    const answer = (await response.json()) as { access_token?: unknown; expires_in?: unknown };
    if (typeof answer.access_token !== 'string') throw new Error('the OAuth token endpoint gave no access_token');
    const life = typeof answer.expires_in === 'number' ? answer.expires_in : DEFAULT_LIFE_S;
    this.freshUntil = Date.now() + life * 1_000 * USED_SHARE;
    return answer.access_token;
  }
}
