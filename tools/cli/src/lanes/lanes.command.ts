import { auditCli } from '../audit-cli.js';
import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { acceptLanes, readFrom } from './accept-lanes.js';
import { readLanes, type LaneFilter, type LaneView } from './read-lanes.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire lanes [options]: where each consumer stands in PostgreSQL, beside what Kafka holds

Verdicts: ok; recreated (the topic was deleted and created again), older_database (Kafka knows of more than this database:
restored from a backup), deleted (messages went before they were processed), beyond_end (the log is shorter than that),
missing (no such topic or partition). A consumer stops at each but the first: docs/recipes/recover.md says what to do.

  --consumer <name>      only this consumer's lanes: normalizer, quarantine-index, fanout
  --topic <name>         only this topic's, without the deployment's prefix
  --partition <n>        only this partition's
  --accept               makes these lanes go on, at --from, in the topics as they are now; the consumers must be stopped
  --from <where>         stored (where PostgreSQL stands), earliest, latest (leaves out what is in the log) or an offset
  --json                 the result as one JSON object
  --help                 this text

${EXIT_HELP}`;

const OPTIONS = {
  consumer: { type: 'string' },
  topic: { type: 'string' },
  partition: { type: 'string' },
  accept: { type: 'boolean', default: false },
  from: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const MAX_PARTITION = 100_000;

async function run(args: string[], cli: Cli): Promise<number> {
  const values = parseOptions(args, OPTIONS);
  if ((values.from !== undefined) !== values.accept) throw new UsageError('--accept and --from go together.');
  const partition =
    values.partition === undefined
      ? undefined
      : wholeNumber('partition', values.partition, 0, { min: 0, max: MAX_PARTITION });
  const filter: LaneFilter = { consumer: values.consumer, topic: values.topic, partition };
  const lanes = await readLanes(cli.database(), cli.kafka(), filter);
  if (lanes.length === 0) throw new UsageError('There is no such lane.');
  if (!values.accept) return report(cli, lanes, values.json);
  await acceptLanes(cli.database(), cli.kafka(), lanes, readFrom(values.from));
  await auditCli(cli.database(), 'lanes.accepted', values.consumer ?? null, {
    ...filter,
    from: values.from,
    lanes: lanes.length,
  });
  return report(cli, await readLanes(cli.database(), cli.kafka(), filter), values.json);
}

function report(cli: Cli, lanes: readonly LaneView[], json: boolean): number {
  if (json) cli.print(JSON.stringify({ lanes: lanes.map(plain) }));
  else for (const lane of lanes) cli.print(line(lane));
  return lanes.every(({ verdict }) => verdict === 'ok') ? EXIT.ok : EXIT.no;
}

function line({ consumer, topic, partition, nextOffset, log, verdict }: LaneView): string {
  const held = log === null ? 'no log' : `log ${log.low} to ${log.high}`;
  const committed = log === null || log.committed === null ? '' : `, committed ${log.committed}`;
  const place = `${consumer.padEnd(18)}${`${topic}/${partition}`.padEnd(34)}`;
  return `${place} at ${nextOffset} (${held}${committed})  ${verdict}`;
}

/** Offsets as text: JSON has no integers of that size. */
const plain = ({ log, nextOffset, ...lane }: LaneView) => ({
  ...lane,
  nextOffset: String(nextOffset),
  log: log && { low: String(log.low), high: String(log.high), committed: log.committed && String(log.committed) },
});

export const lanes: Command = {
  name: 'lanes',
  summary: 'where each consumer stands, what is wrong with it, and the way on after a restore',
  help: HELP,
  options: OPTIONS,
  run,
};
