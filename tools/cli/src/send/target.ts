import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type ProviderName, ROUTE_SUFFIXES, type SenderAuth } from '@claimwire/testkit/senders';
import { DEV_FILE } from '../dev-system.js';
import type { TargetOptions } from './cli-options.js';
import { UsageError } from '../usage-error.js';

/** Where the webhooks go, and what signs them. */
export interface Target {
  auth: SenderAuth;
  /** @throws UsageError where the connection has no address for the route */
  address: (route: string) => string;
  /** Of the demo; null where nobody says. */
  tenant: string | null;
}

/** The part of var/dev.json that is read here (tools/dev/src/dev-file.ts). */
interface DevFile {
  demo?: { tenant?: string; connections?: Record<string, { urls: Record<string, string>; auth: SenderAuth }> };
}

const NOT_RUNNING = 'run npm start first, or give --url and --auth-file.';

async function demoTarget(provider: ProviderName, file: string): Promise<Target> {
  const content = await readFile(file, 'utf8').catch(() => null);
  if (content === null) throw new UsageError(`There is no var/dev.json: ${NOT_RUNNING}`);
  const { demo } = parseJson<DevFile>(content, 'var/dev.json');
  const connection = demo?.connections?.[provider];
  if (!connection) throw new UsageError(`var/dev.json has no ${provider} connection of the demo: ${NOT_RUNNING}`);
  return {
    auth: connection.auth,
    tenant: demo.tenant ?? null,
    address: (route) => {
      const url = connection.urls[route];
      if (url === undefined) throw new UsageError(`The demo's ${provider} connection has no address for "${route}".`);
      return url;
    },
  };
}

/** What cannot be read is not shown: it holds secrets. */
function parseJson<T>(json: string, name: string): T {
  try {
    return JSON.parse(json) as T;
  } catch {
    throw new UsageError(`${name} is not JSON.`);
  }
}

async function readAuth(auth: { json: string } | { file: string }): Promise<SenderAuth> {
  const isText = 'json' in auth;
  const name = isText ? '--auth' : `--auth-file ${auth.file}`;
  const json = isText ? auth.json : await readAuthFile(auth.file);
  const parsed = parseJson<SenderAuth | null>(json, name);
  if (typeof parsed?.type !== 'string') throw new UsageError(`${name}: there is no "type", such as "hmac_sha256".`);
  return parsed;
}

async function readAuthFile(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch(() => {
    throw new UsageError(`--auth-file ${file}: there is no such file, or it cannot be read.`);
  });
}

/** The address of one route, made from that of any route of the connection. */
function addressFrom(provider: ProviderName, url: string): (route: string) => string {
  const suffixes = ROUTE_SUFFIXES[provider];
  const known = Object.values(suffixes).find((suffix) => suffix !== '' && url.endsWith(suffix)) ?? '';
  const base = url.slice(0, url.length - known.length);
  return (route) => `${base}${suffixes[route] ?? ''}`;
}

/** @throws UsageError where there is nothing to send to or to sign with */
export async function findTarget(provider: ProviderName, options: TargetOptions, devFile = DEV_FILE): Promise<Target> {
  if (options.kind === 'demo') return demoTarget(provider, devFile);
  return { auth: await readAuth(options.auth), tenant: null, address: addressFrom(provider, options.url) };
}
