import { auditCli } from '../audit-cli.js';
import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { rebuildFromEvents } from './from-events.js';
import { rebuildFromRaw } from './from-raw.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire rebuild --verify | --apply | --from-raw [options]: is the projection what its events say?

  --verify               folds all stored events (claim_events) again and compares every column of claims. Changes nothing
  --apply                the same, and writes what the fold says into the rows that differ, while the apps run
  --publish              with --apply: also sends the repaired states to claims.state.v1. Nothing is published without it
  --from-raw             folds what the raw topics still hold, through the providers' own code, and compares the states;
                         versions and times of arrival aside. Changes nothing, publishes nothing, commits no offset.
                         What has left the raw topics is taken from claim_events

  --claims-file <file>   writes the keys of the claims that differ, one per line, to a new file that only you can read
                         (they hold the providers' claim ids; the output has only numbers)
  --page <n>             claims per statement (default 500, at most 10000)
  --json                 the result as one JSON object
  --help                 this text

Normalisers may run meanwhile. Claims under "versions" have events that are not numbered 1 to n, or none: no fold can mend
that, see docs/recipes/recover.md.

${EXIT_HELP}`;

const OPTIONS = {
  verify: { type: 'boolean', default: false },
  apply: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  'from-raw': { type: 'boolean', default: false },
  'claims-file': { type: 'string' },
  page: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

async function run(args: string[], cli: Cli): Promise<number> {
  const values = parseOptions(args, OPTIONS);
  const { verify, apply, publish, json, 'from-raw': fromRaw } = values;
  if (!verify && !apply && !fromRaw) throw new UsageError('Say what to do: --verify, --apply or --from-raw.');
  if (apply && (verify || fromRaw)) throw new UsageError('--apply repairs by the stored events: alone, please.');
  if (publish && !apply) throw new UsageError('--publish is for what --apply repairs.');
  const pageSize = wholeNumber('page', values.page, 500, { min: 1, max: 10_000 });
  const options = { pageSize, json, claimsFile: values['claims-file'] ?? null };
  const same = await (fromRaw ? rebuildFromRaw(cli, options) : rebuildFromEvents(cli, { ...options, apply, publish }));
  if (apply) await auditCli(cli.database(), 'projection.repaired', null, { published: publish, complete: same });
  if (cli.signal.aborted) return EXIT.interrupted;
  return same ? EXIT.ok : EXIT.no;
}

export const rebuild: Command = {
  name: 'rebuild',
  summary: 'folds all stored events again: is the projection what they say? Repairs it',
  help: HELP,
  options: OPTIONS,
  run,
};
