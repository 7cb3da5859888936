import { readArguments, wholeNumber } from '../machine/cli.js';

export interface IsolationOptions {
  rounds: number;
  /** How long each phase sends. */
  seconds: number;
  /** Events per second; each goes to every webhook. */
  rate: number;
  webhooks: number;
  /** Deliveries that wait at the ill webhook, in the phases that have a backlog. */
  backlog: number;
}

export const HELP = `npm run bench:isolation -- [options]

What one ill webhook among many costs the others: time from the publishing of an event to its arrival at each of the others,
with all webhooks well and with one that is dead (refuses connections), slow (answers after 3 s) or throttled (429), in turns, on one
running fan-out; then the same with a backlog at the ill one. Target: p99 with it within 1.25 times the p99 without it plus 2 ms.

  --rounds <n>    rounds (3)
  --seconds <n>   how long each phase sends (6)
  --rate <n>      events per second, each to every webhook (10)
  --webhooks <n>  webhooks, the ill one among them (50)
  --backlog <n>   deliveries that wait at the ill one (50000)

TEST_KAFKA_BROKERS and TEST_DATABASE_URL name a running Kafka and PostgreSQL; without them both are started.`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): IsolationOptions {
  const values = readArguments(args, {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '10' },
    webhooks: { type: 'string', default: '50' },
    backlog: { type: 'string', default: '50000' },
  });
  const number = (name: string) => wholeNumber(values, name);
  return {
    ...{ rounds: number('rounds'), seconds: number('seconds'), rate: number('rate') },
    ...{ webhooks: number('webhooks'), backlog: number('backlog') },
  };
}
