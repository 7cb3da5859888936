import { resolve } from 'node:path';
import { readArguments, wholeNumber } from '../machine/cli.js';

export interface FanoutBenchOptions {
  events: number;
  claims: number;
  /** Events of the rounds with a SIGKILL. */
  burst: number;
  concurrency: number;
  rounds: number;
  withCrash: boolean;
  /** Other webhooks and their bindings, and deliveries that wait for a paused one; 0 = not measured. */
  webhooks: number;
  bindings: number;
  backlog: number;
  json: boolean;
  profileTo: string | null;
}

export const HELP = `npm run bench:fanout -- [options]

Deliveries per second of one fan-out from a preloaded topic to one webhook (1 kB events, per-claim order, Standard Webhooks
signatures, attempts logged), beside a bare undici loop that signs and sends and does nothing else, in the same round. The
receiver is built by Go where there is one. Every round checks that each event arrived and is settled in PostgreSQL.

  --events <n>       events (300000: about a minute)
  --claims <n>       claims they are about (60000)
  --burst <n>        events where the process is killed in the middle (20000)
  --concurrency <n>  requests in flight, of both (64)
  --rounds <n>       rounds (5)
  --webhooks <n>     measure also beside so many other webhooks (0), for example 1000
  --bindings <n>     bindings that these have together (10000)
  --backlog <n>      measure also beside so many deliveries that wait for a paused webhook (0), for example 1000000
  --no-crash         leave out the rounds with a SIGKILL in the middle
  --profile <dir>    write a CPU profile of each fan-out into this folder
  --json             print the document instead of tables

Five rounds take about ten minutes on a quiet machine; with 1,000 webhooks and a backlog of a million about thirty.
The whole result goes to var/bench/ as JSON. TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL;
without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): FanoutBenchOptions {
  const values = readArguments(args, {
    events: { type: 'string', default: '300000' },
    claims: { type: 'string', default: '60000' },
    burst: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    webhooks: { type: 'string', default: '0' },
    bindings: { type: 'string', default: '10000' },
    backlog: { type: 'string', default: '0' },
    'no-crash': { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  return {
    events: wholeNumber(values, 'events'),
    claims: wholeNumber(values, 'claims'),
    burst: wholeNumber(values, 'burst'),
    concurrency: wholeNumber(values, 'concurrency'),
    rounds: wholeNumber(values, 'rounds'),
    webhooks: wholeNumber(values, 'webhooks', 0),
    bindings: wholeNumber(values, 'bindings'),
    backlog: wholeNumber(values, 'backlog', 0),
    withCrash: values['no-crash'] !== true,
    json: values.json === true,
    profileTo: typeof values.profile === 'string' ? resolve(values.profile) : null,
  };
}
