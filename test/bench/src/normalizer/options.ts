import { resolve } from 'node:path';
import { readArguments, wholeNumber } from '../machine/cli.js';
import { ROOT } from '../machine/service-process.js';

export interface NormalizerBenchOptions {
  events: number;
  claims: number;
  seed: number;
  rounds: number;
  json: boolean;
  /** Roots of the checkouts whose normaliser is measured, by the name in the report; ours is the last. */
  builds: readonly { name: string; root: string }[];
  profileTo: string | null;
}

export const HELP = `npm run bench:normalizer -- [options]

Events per second of one normaliser from preloaded raw topics until everything is in PostgreSQL and on claims.events.v1:
a seeded set of CAIR and 835 events, 20 % out of order, 5 % sent twice. Each round has a database and topics of its own.

  --events <n>      distinct events (50000)
  --claims <n>      claims they are about (10000)
  --seed <n>        another order and other duplicates (1)
  --rounds <n>      rounds (5)
  --against <dir>   root of another built checkout, measured in turn with this one
  --profile <dir>   write a CPU profile of each normaliser into this folder
  --json            print one JSON document instead of tables

TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL; without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): NormalizerBenchOptions {
  const values = readArguments(args, {
    events: { type: 'string', default: '50000' },
    claims: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    against: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const other = typeof values.against === 'string' ? [{ name: 'against', root: resolve(values.against) }] : [];
  return {
    events: wholeNumber(values, 'events'),
    claims: wholeNumber(values, 'claims'),
    seed: wholeNumber(values, 'seed'),
    rounds: wholeNumber(values, 'rounds'),
    json: values.json === true,
    builds: [...other, { name: 'this build', root: ROOT }],
    profileTo: typeof values.profile === 'string' ? resolve(values.profile) : null,
  };
}
