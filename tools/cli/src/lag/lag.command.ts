import { setTimeout as sleep } from 'node:timers/promises';
import { CONSUMERS } from '@claimwire/contracts';
import { readConsumerLag, type KafkaHandle, type PartitionLag } from '@claimwire/kafka';
import { readSettledOffsets } from '@claimwire/postgres';
import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { table } from '../table.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire lag [options]: how far each consumer is behind, seen from outside its group

One line per consumer and partition: the next offset as PostgreSQL has it (the truth; what Kafka has committed may trail), the end
of the log, the messages between them, and the age of the oldest of these, right to a sixteenth. A consumer that is dead, or never
ran, is listed as well.

  --group <name>     only this consumer: ${Object.keys(CONSUMERS).join(', ')}
  --behind           only partitions that are behind
  --max <seconds>    ends with 1 where a message is older than that
  --watch            again and again until Ctrl-C
  --interval <s>     with --watch: seconds between two looks (default 5)
  --json             one JSON object per look
  --help             this text

${EXIT_HELP}`;

const OPTIONS = {
  group: { type: 'string' },
  behind: { type: 'boolean', default: false },
  max: { type: 'string' },
  watch: { type: 'boolean', default: false },
  interval: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
const NUMBERS = ['partition', 'position', 'end', 'lag', 'age'];

async function run(args: string[], cli: Cli): Promise<number> {
  const { group, behind, max, watch, interval, json } = parseOptions(args, OPTIONS);
  if (group !== undefined && !Object.hasOwn(CONSUMERS, group)) throw new UsageError(`There is no consumer "${group}".`);
  if (interval !== undefined && !watch) throw new UsageError('--interval is for --watch.');
  const pauseMs = wholeNumber('interval', interval, 5, { min: 1, max: 3_600 }) * 1_000;
  const most = wholeNumber('max', max, Number.MAX_SAFE_INTEGER, { min: 0, max: Number.MAX_SAFE_INTEGER });
  for (;;) {
    const lags = (await look(cli)).filter(
      ({ consumer, lag }) => (group ?? consumer) === consumer && (!behind || lag > 0n),
    );
    if (json)
      cli.print(JSON.stringify({ at: new Date().toISOString(), lags: lags.map((lag) => plain(cli.kafka(), lag)) }));
    else show(cli, lags);
    if (!watch) return lags.every(({ seconds }) => seconds <= most) ? EXIT.ok : EXIT.no;
    await sleep(pauseMs, undefined, { signal: cli.signal }).catch(() => undefined);
    if (cli.signal.aborted) return EXIT.interrupted;
  }
}

async function look(cli: Cli): Promise<PartitionLag[]> {
  return readConsumerLag(cli.kafka(), await readSettledOffsets(cli.database(), Object.keys(CONSUMERS)));
}

function show(cli: Cli, lags: readonly PartitionLag[]): void {
  const rows = lags.map((lag) => ({
    group: cli.kafka().groupId(lag.consumer),
    topic: lag.topic,
    partition: String(lag.partition),
    position: String(lag.next),
    end: String(lag.high),
    lag: String(lag.lag),
    age: `${lag.seconds.toFixed(0)} s`,
  }));
  for (const line of table(rows, NUMBERS)) cli.print(line);
  const total = lags.reduce((sum, { lag }) => sum + lag, 0n);
  const oldest = Math.max(0, ...lags.map(({ seconds }) => seconds));
  cli.print(`${total} messages behind, the oldest ${oldest.toFixed(0)} s old (${new Date().toISOString()})`);
}

/** Offsets as text: JSON has no integers of that size. */
const plain = (kafka: KafkaHandle, { consumer, next, high, lag, seconds, ...place }: PartitionLag) => ({
  group: kafka.groupId(consumer),
  ...place,
  position: String(next),
  end: String(high),
  lag: String(lag),
  ageSeconds: seconds,
});

export const lag: Command = {
  name: 'lag',
  summary: 'how far each consumer is behind, in messages and seconds',
  help: HELP,
  options: OPTIONS,
  run,
};
