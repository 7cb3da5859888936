import { readArguments, UsageError, wholeNumber } from '../machine/cli.js';

export interface ScaleOptions {
  events: number;
  claims: number;
  webhooks: number;
  concurrency: number;
  /** How many replicas each run has. */
  replicas: readonly number[];
  only: readonly Stage[];
  json: boolean;
}

export type Stage = 'normalizer' | 'fanout';
const STAGES: readonly Stage[] = ['normalizer', 'fanout'];

export const HELP = `npm run bench:scale -- [options]

How the work of the normaliser and of fan-out divides: the same traffic, all at once, for 1, 2 and 4 replicas that stand ready,
each run on topics and a database of its own. A run fails unless every replica worked, every partition was settled to its end, every
event was stored and published once, or delivered to every webhook, and no claim's events came out of order. On a machine with
fewer cores than processes the speed cannot grow; what a share costs (CPU seconds per million) shows what would.

  --replicas <list>   replicas of each run (1,2,4)
  --only <stage>      normalizer or fanout (both)
  --events <n>        claim events (40000)
  --claims <n>        claims they are about (8000)
  --webhooks <n>      webhooks that get every event; fan-out gets events / webhooks events (8)
  --concurrency <n>   requests in flight per webhook (8)
  --json              print one JSON document instead of tables

The whole result goes to var/bench/ as JSON. TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL;
without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): ScaleOptions {
  const values = readArguments(args, {
    replicas: { type: 'string', default: '1,2,4' },
    only: { type: 'string' },
    events: { type: 'string', default: '40000' },
    claims: { type: 'string', default: '8000' },
    webhooks: { type: 'string', default: '8' },
    concurrency: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  });
  const replicas = String(values.replicas).split(',').map(Number);
  if (!replicas.every((count) => Number.isInteger(count) && count > 0)) {
    throw new UsageError('--replicas is a list such as 1,2,4');
  }
  const only = STAGES.filter((stage) => values.only === undefined || values.only === stage);
  if (only.length === 0) throw new UsageError('--only is normalizer or fanout');
  const numbers = (name: string) => wholeNumber(values, name);
  return {
    events: numbers('events'),
    claims: numbers('claims'),
    webhooks: numbers('webhooks'),
    concurrency: numbers('concurrency'),
    replicas,
    only,
    json: values.json === true,
  };
}
