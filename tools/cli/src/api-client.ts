import { readFile } from 'node:fs/promises';
import type { Environment } from '@claimwire/service-host';
import { readDevSystem } from './dev-system.js';
import { EXIT } from './exit-codes.js';
import { SettingsError, UsageError } from './usage-error.js';

/** Options of every command that works through the REST API: whoever uses it is in the audit log. */
export const API_OPTIONS = {
  api: { type: 'string' },
  'key-file': { type: 'string' },
  tenant: { type: 'string' },
} as const;

export const API_HELP = `  --api <address>        the API, for example https://claimwire.example.com (default: CLAIMWIRE_API_URL)
  --key-file <file>      a file with an API key; "-" reads it from stdin (default: CLAIMWIRE_API_KEY). Never on the command line
  --tenant <id>          with a platform-admin key: the tenant to act as`;

export interface ApiOptions {
  api?: string;
  'key-file'?: string;
  tenant?: string;
}

/** The API refused, or could not be asked. The message has its words, never the key. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

const TIMEOUT_MS = 30_000;

/** Calls of `/v1` with one key. All methods throw ApiError. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.json('GET', path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.json('POST', path, body);
  }

  /** All pages of a list, at most `limit` items. */
  async list<T>(path: string, query: Readonly<Record<string, string | undefined>>, limit: number): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | undefined; items.length < limit;) {
      const page = await this.get<Page<T>>(withQuery(path, { ...query, limit: String(Math.min(200, limit)), cursor }));
      items.push(...page.data);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    return items.slice(0, limit);
  }

  /** The answer as it comes in, for what does not fit in memory. */
  async *stream(path: string): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    const response = await this.send('GET', path, undefined, this.signal);
    try {
      for await (const chunk of response.body ?? []) yield decoder.decode(chunk as Uint8Array, { stream: true });
    } catch {
      throw new ApiError(EXIT.unavailable, 'The API broke its answer off.');
    }
    yield decoder.decode();
  }

  private async json<T>(method: string, path: string, body?: object): Promise<T> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await this.send(method, path, body, signal);
    return (await response.json()) as T;
  }

  private async send(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<Response> {
    const headers = { ...this.headers, ...(body ? { 'content-type': 'application/json' } : {}) };
    const request = { method, headers, body: body && JSON.stringify(body), signal, redirect: 'error' } as const;
    const response = await fetch(`${this.url}/v1${path}`, request).catch((error: unknown) => {
      throw unreachable(error, this.url, this.signal);
    });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

function unreachable(error: unknown, url: string, signal: AbortSignal): ApiError {
  if (signal.aborted) return new ApiError(EXIT.interrupted, 'Interrupted.');
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.name : 'unknown';
  return new ApiError(EXIT.unavailable, `The API at ${new URL(url).host} does not answer (${code}).`);
}

/** By problem+json (RFC 9457). */
async function refusal(response: Response): Promise<ApiError> {
  const { status } = response;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  const words = problem.detail ?? problem.title ?? response.statusText;
  const code = status === 401 || status === 403 ? EXIT.denied : status >= 500 ? EXIT.unavailable : EXIT.no;
  return new ApiError(code, `The API answers ${status}: ${words}`);
}

/** @returns the path with those parameters that have a value */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const stated = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return stated.length === 0 ? path : `${path}?${new URLSearchParams(stated).toString()}`;
}

/**
 * Options first, then the environment, then the running development system: its key only for its own address.
 * @throws SettingsError, UsageError
 */
export async function connectApi(
  env: Environment,
  { api, 'key-file': keyFile, tenant }: ApiOptions,
  signal = new AbortController().signal,
): Promise<ApiClient> {
  const stated = api ?? env.CLAIMWIRE_API_URL;
  const dev = stated ? undefined : readDevSystem()?.api;
  const url = stated ?? dev?.url;
  if (!url) throw new SettingsError('Say where the API is: --api or CLAIMWIRE_API_URL.');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError('The API has no http(s) address.');
  const key = keyFile === undefined ? (env.CLAIMWIRE_API_KEY ?? dev?.key) : await readKey(keyFile);
  if (!key) throw new SettingsError('Give an API key: CLAIMWIRE_API_KEY or --key-file.');
  const headers = { authorization: `Bearer ${key}`, ...(tenant === undefined ? {} : { 'claimwire-tenant': tenant }) };
  return new ApiClient(url.replace(/\/+$/, ''), headers, signal);
}

async function readKey(file: string): Promise<string> {
  const content = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch(() => {
    throw new UsageError(`--key-file ${file}: there is no such file, or it cannot be read.`);
  });
  return content.trim();
}
