import { randomBytes } from 'node:crypto';
import { readConfig, startService, type Environment } from '@claimwire/service-host';
import { ApiConfig } from '../src/config.js';
import { API_SERVICE } from '../src/service.js';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; a text where it is none. */
  body: AnswerBody;
}

/** The fields that tests read most, and whatever else is there. */
export interface AnswerBody extends Record<string, unknown> {
  id: string;
  apiKey: string;
  errors: { path: string; message: string }[];
  data: Record<string, unknown>[];
  nextCursor: string | null;
}

export interface RequestOptions {
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TestApi {
  url: string;
  managementUrl: string;
  adminKey: string;
  keyring: string;
  call(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** @returns an owner's key of a new tenant */
  createTenant(id: string): Promise<string>;
  stop(): Promise<void>;
}

/** A real API in this process, on free ports, over the given stores. */
export async function startTestApi(env: Environment): Promise<TestApi> {
  const adminKey = `cw_live_${randomBytes(24).toString('hex')}`;
  const keyring = `k1:${randomBytes(32).toString('base64')}`;
  const base = { KAFKA_BROKERS: '127.0.0.1:1', CLAIMWIRE_KEYRING: keyring, BOOTSTRAP_ADMIN_KEY: adminKey };
  const ports = { PORT: '0', MANAGEMENT_PORT: '0', LOG_LEVEL: 'fatal', DATABASE_POOL_SIZE: '3', LAG_INTERVAL_MS: '0' };
  const read = readConfig(ApiConfig, { ...base, ...ports, ...env });
  if (!read.ok) throw new Error(read.problems.join('; '));
  const service = await startService(API_SERVICE, read.config);
  const url = service.url!;
  const call = (method: string, path: string, options?: RequestOptions) => send(url, method, path, options);
  const createTenant = async (id: string) => {
    const { status, body } = await call('POST', '/v1/tenants', { key: adminKey, body: { id, name: id } });
    if (status !== 201) throw new Error(`tenant: ${status} ${JSON.stringify(body)}`);
    return body.apiKey;
  };
  return {
    url,
    managementUrl: service.managementUrl,
    adminKey,
    keyring,
    call,
    createTenant,
    stop: () => service.stop(),
  };
}

async function send(url: string, method: string, path: string, { key, body, headers }: RequestOptions = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : text) as AnswerBody,
  };
}
