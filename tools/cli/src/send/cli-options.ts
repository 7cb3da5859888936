import { parseArgs } from 'node:util';
import type { ProviderName } from '@claimwire/testkit/senders';
import { type EventKind, EVENTS, PROVIDER_NAMES } from './events/index.js';
import { UsageError } from '../usage-error.js';

export interface SendOptions {
  provider: ProviderName;
  event: EventKind;
  target: TargetOptions;
  content: ContentOptions;
  /** Requests in flight at once. */
  burst: number;
  /** Requests started per second; null = as fast as the answers come. */
  rate: number | null;
  shuffle: boolean;
  /** The same seed gives the same order and the same duplicates. */
  seed: number;
  /** So many of a hundred webhooks are sent twice. */
  duplicatePercent: number;
  /** File that gets every webhook as it is sent, for `--replay`. */
  record: string | null;
  dryRun: boolean;
  timeoutMs: number;
  json: boolean;
}

/** Where to, and with which credentials: the demo's connection, or one that is stated. */
export type TargetOptions =
  { kind: 'demo' } | { kind: 'stated'; url: string; auth: { json: string } | { file: string } };

export type ContentOptions =
  | { kind: 'made'; claim: string | null; statuses: string[]; count: number | null; at: Date }
  | { kind: 'body'; file: string; count: number }
  | { kind: 'replay'; file: string };

const MAX_COUNT = 100_000;
const MAX_BURST = 1_000;
const MAX_RATE = 10_000;
/** In flight at once where only a rate is asked for: a slow answer must not hold up the rate. */
const BURST_FOR_RATE = 64;
const DEFAULT_TIMEOUT_SECONDS = 10;

/** Options of `claimwire send`, beside the provider and its event. */
export const SEND_OPTIONS = {
  url: { type: 'string' },
  auth: { type: 'string' },
  'auth-file': { type: 'string' },
  claim: { type: 'string' },
  status: { type: 'string' },
  at: { type: 'string' },
  count: { type: 'string' },
  burst: { type: 'string' },
  rate: { type: 'string' },
  shuffle: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  duplicate: { type: 'string', default: '0' },
  body: { type: 'string' },
  replay: { type: 'string' },
  record: { type: 'string' },
  timeout: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseTyped>['values'];

const parseTyped = (args: string[]) => parseArgs({ args, options: SEND_OPTIONS, strict: true, allowPositionals: true });

function parse(args: string[]) {
  try {
    return parseTyped(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

interface NumberRange {
  min: number;
  max: number;
  /** Default: whole numbers only. */
  fractions?: boolean;
}

/** @returns undefined where the option was not given */
function readNumber(values: Values, name: keyof Values, range: NumberRange): number | undefined {
  const text = values[name];
  if (typeof text !== 'string') return undefined;
  const { min, max, fractions = false } = range;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= min && number <= max && (fractions || Number.isInteger(number))) return number;
  throw new UsageError(`--${name}: "${text}" is not a ${fractions ? '' : 'whole '}number from ${min} to ${max}.`);
}

function readAt(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const at = new Date(text);
  const isWithZone = /(?:[Zz]|[+-]\d\d:?\d\d)$/.test(text);
  if (isWithZone && !Number.isNaN(at.getTime())) return at;
  throw new UsageError(`--at: "${text}" is not a time with its zone, such as 2026-01-31T10:00:00Z.`);
}

function readProvider(name: string | undefined): ProviderName {
  const provider = PROVIDER_NAMES.find((candidate) => candidate === name);
  if (provider) return provider;
  const problem = name === undefined ? 'Say which provider sends' : `There is no provider "${name}"`;
  throw new UsageError(`${problem}: ${PROVIDER_NAMES.join(', ')}.`);
}

function readEvent(provider: ProviderName, name: string | undefined): EventKind {
  const events = EVENTS[provider];
  const event = name === undefined ? events[0] : events.find((candidate) => candidate.name === name);
  if (event) return event;
  throw new UsageError(`${provider} sends no "${name}": ${events.map((one) => one.name).join(', ')}.`);
}

function readTarget({ url, auth, 'auth-file': file }: Values): TargetOptions {
  if (auth !== undefined && file !== undefined) throw new UsageError('Give --auth-file or --auth, not both.');
  if (url === undefined) {
    if (auth === undefined && file === undefined) return { kind: 'demo' };
    throw new UsageError('--auth-file and --auth are for the connection that --url names.');
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError('--url is not an http(s) address.');
  if (file !== undefined) return { kind: 'stated', url, auth: { file } };
  if (auth !== undefined) return { kind: 'stated', url, auth: { json: auth } };
  throw new UsageError(
    '--url needs the connection\'s credentials: --auth-file <file>, or "-" to read them from stdin.',
  );
}

function refuseBeside(values: Values, option: 'body' | 'replay', names: (keyof Values)[]): void {
  for (const name of names) {
    if (values[name] !== undefined) throw new UsageError(`--${name} changes nothing in what --${option} sends.`);
  }
}

function readContent(values: Values, event: EventKind): ContentOptions {
  const count = readNumber(values, 'count', { min: 1, max: MAX_COUNT });
  if (values.replay !== undefined) {
    refuseBeside(values, 'replay', ['body', 'claim', 'status', 'at', 'count']);
    return { kind: 'replay', file: values.replay };
  }
  if (values.body !== undefined) {
    refuseBeside(values, 'body', ['claim', 'status', 'at']);
    return { kind: 'body', file: values.body, count: count ?? 1 };
  }
  if (values.status !== undefined && event.statuses === null) {
    throw new UsageError(`--status: ${event.help} has none.`);
  }
  const statuses = (values.status ?? event.defaultStatus).split(',').map((status) => status.trim());
  return { kind: 'made', claim: values.claim ?? null, statuses, count: count ?? null, at: readAt(values.at) };
}

/** @throws UsageError saying what is wrong */
export function parseSend(args: string[]): SendOptions {
  const { values, positionals } = parse(args);
  const [providerName, eventName, ...rest] = positionals;
  const provider = readProvider(providerName);
  const event = readEvent(provider, eventName);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is too much: one provider and one event.`);
  const timeoutSeconds = readNumber(values, 'timeout', { min: 0.1, max: 600, fractions: true });
  const rate = readNumber(values, 'rate', { min: 0.01, max: MAX_RATE, fractions: true }) ?? null;
  return {
    provider,
    event,
    target: readTarget(values),
    content: readContent(values, event),
    burst: readNumber(values, 'burst', { min: 1, max: MAX_BURST }) ?? (rate === null ? 1 : BURST_FOR_RATE),
    rate,
    shuffle: values.shuffle,
    seed: readNumber(values, 'seed', { min: 0, max: 2 ** 32 - 1 }) ?? 1,
    duplicatePercent: readNumber(values, 'duplicate', { min: 0, max: 100, fractions: true }) ?? 0,
    record: values.record ?? null,
    dryRun: values['dry-run'],
    timeoutMs: (timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    json: values.json,
  };
}
