import { setTimeout as sleep } from 'node:timers/promises';
import { readSchema, runMigrations, type SchemaState } from '@claimwire/postgres/schema';
import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { DatabaseConfig, settings } from '../settings.js';
import { UsageError } from '../usage-error.js';

const HELP = `claimwire migrate [options]: brings the schema of PostgreSQL up to date, as migrate.js does

Each migration is a transaction of its own; a second run at the same time waits, then finds nothing to do. Migrations only expand
the schema within a minor version, so that apps of the version before go on.
DATABASE_URL is that of the schema's owner; for --status and --wait any role of ours will do.

  --status         says what is applied and what is pending. Changes nothing; ends with 1 where something is pending
  --wait           changes nothing, and ends as soon as somebody else has brought the schema up to date
  --timeout <s>    with --wait: ends with 1 after so many seconds (default 600)
  --json           the result as one JSON object
  --help           this text

${EXIT_HELP}`;

const OPTIONS = {
  status: { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
  timeout: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
const LOOK_EVERY_MS = 1_000;

async function run(args: string[], cli: Cli): Promise<number> {
  const { status, wait, json, timeout } = parseOptions(args, OPTIONS);
  if (status && wait) throw new UsageError('--status or --wait, not both.');
  if (timeout !== undefined && !wait) throw new UsageError('--timeout is for --wait.');
  const url = settings(DatabaseConfig, cli.env).DATABASE_URL;
  const seconds = wholeNumber('timeout', timeout, 600, { min: 1, max: 86_400 });
  if (wait) return waitFor(url, seconds, json, cli);
  if (status) return report(await readSchema(url), json, cli);
  const applied = await runMigrations(url);
  cli.print(
    json ? JSON.stringify({ applied }) : applied.length === 0 ? 'The schema is up to date.' : applied.join('\n'),
  );
  return EXIT.ok;
}

async function waitFor(url: string, seconds: number, json: boolean, cli: Cli): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let last: SchemaState | null = null;
  for (let said = ''; !cli.signal.aborted;) {
    last = await readSchema(url).catch(() => null);
    const lack = last?.pending.join(', ') ?? 'PostgreSQL does not answer';
    if (lack === '' || performance.now() > until) break;
    if (lack !== said) cli.say(`Waiting for: ${lack}`);
    said = lack;
    await sleep(LOOK_EVERY_MS, undefined, { signal: cli.signal }).catch(() => undefined);
  }
  if (cli.signal.aborted) return EXIT.interrupted;
  if (last) return report(last, json, cli);
  cli.say('PostgreSQL does not answer.');
  return EXIT.unavailable;
}

function report(schema: SchemaState, json: boolean, cli: Cli): number {
  const { applied, pending, unknown } = schema;
  if (json) cli.print(JSON.stringify(schema));
  else {
    for (const name of applied) cli.print(`applied  ${name}`);
    for (const name of unknown) cli.print(`newer    ${name} (of a later version; does no harm)`);
    for (const name of pending) cli.print(`pending  ${name}`);
  }
  return pending.length === 0 ? EXIT.ok : EXIT.no;
}

export const migrate: Command = {
  name: 'migrate',
  summary: 'brings the schema of PostgreSQL up to date, or says what it lacks',
  help: HELP,
  options: OPTIONS,
  run,
};
