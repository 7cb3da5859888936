import { resolve } from 'node:path';
import { readArguments, wholeNumber } from '../machine/cli.js';

export interface FanoutBenchOptions {
  events: number;
  claims: number;
  concurrency: number;
  rounds: number;
  withCrash: boolean;
  json: boolean;
  profileTo: string | null;
}

export const HELP = `npm run bench:fanout -- [options]

Deliveries per second of one fan-out from a preloaded topic to one webhook (1 kB events, per-claim order, Standard Webhooks
signatures, attempts logged), beside a bare undici loop that signs and sends and does nothing else, in the same round. The
receiver is built by Go where there is one. Every round checks that each event arrived and is settled in PostgreSQL.

  --events <n>       events (20000)
  --claims <n>       claims they are about (4000)
  --concurrency <n>  requests in flight, of both (64)
  --rounds <n>       rounds (5)
  --no-crash         leave out the rounds with a SIGKILL in the middle
  --profile <dir>    write a CPU profile of each fan-out into this folder
  --json             print the document instead of tables

The whole result goes to var/bench/ as JSON. TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL;
without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): FanoutBenchOptions {
  const values = readArguments(args, {
    events: { type: 'string', default: '20000' },
    claims: { type: 'string', default: '4000' },
    concurrency: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    'no-crash': { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  return {
    events: wholeNumber(values, 'events'),
    claims: wholeNumber(values, 'claims'),
    concurrency: wholeNumber(values, 'concurrency'),
    rounds: wholeNumber(values, 'rounds'),
    withCrash: values['no-crash'] !== true,
    json: values.json === true,
    profileTo: typeof values.profile === 'string' ? resolve(values.profile) : null,
  };
}
