import { readArguments, wholeNumber } from '../machine/cli.js';

export interface LatencyOptions {
  rate: number;
  seconds: number;
  warmUpSeconds: number;
  rounds: number;
  json: boolean;
}

export const HELP = `npm run bench:latency -- [options]

Milliseconds from the start of a webhook's HTTP request to the arrival of its event at the receiver, through ingress, Kafka,
normaliser, PostgreSQL, Kafka and fan-out as they really run, beside a bare chain of the same hops in one process (produce,
consume, commit in PostgreSQL, produce, consume, commit, POST) that checks and keeps nothing. The two take turns. Every event
must arrive once. What each hop takes is the mean of whole milliseconds from the messages' and attempts' times.

  --rate <n>       events per second, of both (200)
  --seconds <n>    seconds measured in each round (20)
  --warm-up <n>    seconds before that, which do not count (8)
  --rounds <n>     rounds (5)
  --json           print the document instead of tables

The whole result goes to var/bench/ as JSON. TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL;
without them both are started. Five rounds take about six minutes.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): LatencyOptions {
  const values = readArguments(args, {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  });
  return {
    rate: wholeNumber(values, 'rate'),
    seconds: wholeNumber(values, 'seconds'),
    warmUpSeconds: wholeNumber(values, 'warm-up'),
    rounds: wholeNumber(values, 'rounds'),
    json: values.json === true,
  };
}
