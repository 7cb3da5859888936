import { readArguments, UsageError, wholeNumber } from '../machine/cli.js';
import { allSchemes, type Scheme } from './schemes.js';

export interface IngressBenchOptions {
  schemes: Scheme[];
  rounds: number;
  /** Of each measurement; a round has six. */
  seconds: number;
  json: boolean;
  /** A target that is missed makes the exit code 1. */
  assert: boolean;
  /** Length of a soak in seconds instead of the rounds, or null. */
  soakSeconds: number | null;
  /** Folder for the CPU profiles of each ingress and of its baseline with a publisher, or null. */
  profileTo: string | null;
}

const NAMES = allSchemes().map(({ name }) => name);

export const HELP = `npm run bench:ingress -- [options]

Requests per second and latency of each ingress as it really runs, with a provider's genuine signatures, beside two
baselines in alternating rounds: bare Fastify that answers at once, and bare Fastify with the same Kafka publisher.

  --rounds <n>     rounds per scheme (5)
  --seconds <n>    length of each measurement; a round has six (5)
  --only <names>   comma list of: ${NAMES.join(', ')}
  --soak <time>    instead: a steady load on one scheme, for example 10m, and whether memory stays flat under it
                   (npm run soak:ingress takes 10m, and as exit code 1 where it does not)
  --profile <dir>  write CPU profiles of ingress and publisher into folders in this one, which slows them: no ratio
                   then counts
  --json           print one JSON document instead of tables
  --assert         exit code 1 when a target is missed

TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL; without them both are started.`;

const DURATION = /^(\d+)(s|m|h)$/;
const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function readDuration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new UsageError('--soak is a time such as 30s or 10m');
  return Number(amount) * (SECONDS_OF[unit] as number);
}

function readSchemes(only: string | undefined): Scheme[] {
  const schemes = allSchemes();
  if (only === undefined) return schemes;
  const wanted = only.split(',');
  const unknown = wanted.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new UsageError(`no such scheme: ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);
  return schemes.filter(({ name }) => wanted.includes(name));
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): IngressBenchOptions {
  const values = readArguments(args, {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string' },
    soak: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
  });
  return {
    schemes: readSchemes(values.only as string | undefined),
    rounds: wholeNumber(values, 'rounds'),
    seconds: wholeNumber(values, 'seconds'),
    json: values.json === true,
    assert: values.assert === true,
    soakSeconds: typeof values.soak === 'string' ? readDuration(values.soak) : null,
    profileTo: typeof values.profile === 'string' ? values.profile : null,
  };
}
