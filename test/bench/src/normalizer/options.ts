import { resolve } from 'node:path';
import { readArguments, UsageError, wholeNumber } from '../machine/cli.js';
import { ROOT } from '../machine/service-process.js';
import type { NormalizerBuild } from './normalizer-contender.js';

export interface NormalizerBenchOptions {
  events: number;
  claims: number;
  seed: number;
  rounds: number;
  json: boolean;
  /** Kafka Streams beside us, alone and with a sink. */
  streams: boolean;
  /** The checkouts whose normaliser is measured; ours is the last. */
  builds: readonly NormalizerBuild[];
}

export const HELP = `npm run bench:normalizer -- [options]

Events per second of one normaliser from preloaded raw topics until everything is in PostgreSQL and on claims.events.v1:
a seeded set of CAIR and 835 events, 20 % out of order, 5 % sent twice. The contenders of a round read the same topics in
turn, each with a database of its own, and must end in the same state of every claim. The clock runs from a tenth of the
work to its end. What was measured is also written to var/bench/normalizer-<time>.json.

  --streams         beside Kafka Streams (test/bench/kafka-streams), alone and with a batched sink into PostgreSQL;
                    needs Java 17 and Maven
  --against <dir>   beside the normaliser of another built checkout
  --stored <n,…>    beside this build on a database that holds so many events of other claims already, for each
                    number (10000000: ten minutes to store and 30 GB while it runs)
  --events <n>      distinct events (200000)
  --claims <n>      claims they are about (40000)
  --seed <n>        another order and other duplicates (1)
  --rounds <n>      rounds; the report has their medians (5)
  --profile <dir>   write a CPU profile of each normaliser into this folder
  --json            print one JSON document instead of tables

TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL; without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): NormalizerBenchOptions {
  const values = readArguments(args, {
    events: { type: 'string', default: '200000' },
    claims: { type: 'string', default: '40000' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    streams: { type: 'boolean', default: false },
    against: { type: 'string' },
    stored: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const profileTo = typeof values.profile === 'string' ? resolve(values.profile) : null;
  const build = { name: 'this build', root: ROOT, profileTo, storedBefore: 0 };
  const builds = [build];
  if (typeof values.against === 'string') {
    builds.unshift({ ...build, name: 'against', root: resolve(values.against) });
  }
  if (typeof values.stored === 'string') {
    const numbers = values.stored.split(',').map((stored) => wholeNumber({ stored }, 'stored'));
    builds.unshift(...numbers.map((storedBefore) => ({ ...build, name: `with ${storedBefore} stored`, storedBefore })));
  }
  const options = {
    events: wholeNumber(values, 'events'),
    claims: wholeNumber(values, 'claims'),
    seed: wholeNumber(values, 'seed'),
    rounds: wholeNumber(values, 'rounds'),
    json: values.json === true,
    streams: values.streams === true,
    builds,
  };
  if (options.claims > options.events) throw new UsageError('--claims must not be more than --events');
  return options;
}
