import { TOPICS } from '@claimwire/contracts';
import { applyTopics, planTopics, TopicMismatchError } from '@claimwire/kafka';
import type { Cli, Command } from '../command.js';
import { confirm } from '../confirm.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseAction, parseOptions } from '../parse-options.js';
import { settings, TopicsConfig } from '../settings.js';
import { isPending, isRefused, lineOf } from './describe-change.js';

const HELP = `claimwire topics plan|apply [options]: the topics as they are on the brokers, and as they must be

  plan      says what apply would do: topics to create, settings to change or to take back. Changes nothing
  apply     says it, asks, and does it

Replication and min.insync.replicas are TOPIC_REPLICATION and TOPIC_MIN_INSYNC_REPLICAS, as for topics.js. A partition count is
never changed in place (keys would move to other partitions): where one differs, apply does nothing at all. Another replication is
only told: replicas are moved with kafka-reassign-partitions.

  --yes     apply without asking; needed where no terminal is
  --json    the result as one JSON object
  --help    this text

plan ends with 0 where nothing is to be done, with 1 where changes are pending; apply with 1 where it was refused or declined.
${EXIT_HELP}`;

const ACTIONS = ['plan', 'apply'] as const;
const OPTIONS = { yes: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } as const;

async function run(args: string[], cli: Cli): Promise<number> {
  const { action, rest } = parseAction(args, ACTIONS);
  const { yes, json } = parseOptions(rest, OPTIONS);
  const config = settings(TopicsConfig, cli.env);
  const options = { replication: config.TOPIC_REPLICATION, minInsync: config.TOPIC_MIN_INSYNC_REPLICAS };
  const changes = await planTopics(cli.kafka(), TOPICS, options);
  const pending = changes.filter(isPending);
  const refused = changes.filter(isRefused);
  const tell = json ? cli.say : cli.print;
  for (const change of changes) tell(lineOf(change));
  const end = (applied: boolean, code: number): number => {
    if (json) cli.print(JSON.stringify({ changes, pending: pending.length, refused: refused.length, applied }));
    return code;
  };
  if (refused.length > 0) cli.say('Partition counts are never changed in place: nothing can be applied as it is.');
  if (pending.length === 0 || refused.length > 0 || action === 'plan') {
    if (changes.length === 0) tell('All topics are as they must be.');
    return end(false, pending.length + refused.length === 0 ? EXIT.ok : EXIT.no);
  }
  if (!(await confirm(`Apply ${pending.length} changes?`, yes, cli.signal))) return end(false, EXIT.no);
  try {
    await applyTopics(cli.kafka(), TOPICS, options);
  } catch (error) {
    if (!(error instanceof TopicMismatchError)) throw error;
    cli.say(error.message);
    return end(false, EXIT.no);
  }
  tell('Applied.');
  return end(true, EXIT.ok);
}

export const topics: Command = {
  name: 'topics',
  summary: 'compares the topics with what they must be, and makes them so',
  help: HELP,
  words: ACTIONS,
  options: OPTIONS,
  run,
};
