import { errorCode, isTransient } from '@claimwire/kafka';
import type { Environment } from '@claimwire/service-host';
import type { Cli, Command } from './command.js';
import { ApiError, connectApi } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { commandList } from './help.js';
import { Stores } from './stores.js';
import { SettingsError, UsageError } from './usage-error.js';

export interface Surroundings {
  commands: readonly Command[];
  env: Environment;
  print: (line: string) => void;
  say: (line: string) => void;
  signal: AbortSignal;
}

const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

function unknown(what: string, word: string, say: Surroundings['say']): number {
  say(`There is no ${what} "${word}": "claimwire --help" lists them.`);
  return EXIT.usage;
}

/** Runs one command of `claimwire`. @returns the exit code (EXIT) */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { commands, print, say } = surroundings;
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name.startsWith('-')) {
    const wanted = commands.find((command) => command.name === rest[0]);
    if (name === 'help' && rest[0] !== undefined && !wanted) return unknown('command', rest[0], say);
    if (name?.startsWith('-') && !asksForHelp(args)) return unknown('option', name, say);
    print(wanted ? (wanted.helpFor?.(rest.slice(1)) ?? wanted.help) : commandList(commands));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) return unknown('command', name, say);
  if (asksForHelp(rest)) {
    print(command.helpFor?.(rest) ?? command.help);
    return EXIT.ok;
  }
  return runCommand(command, rest, surroundings);
}

async function runCommand(command: Command, args: string[], { env, ...rest }: Surroundings): Promise<number> {
  const stores = new Stores(env);
  const cli: Cli = {
    ...rest,
    database: () => stores.database(),
    kafka: () => stores.kafka(),
    env: stores.env,
    keyring: () => stores.keyring(),
    api: (options) => connectApi(stores.env, options, rest.signal),
  };
  try {
    return await command.run(args, cli);
  } catch (error) {
    return explain(error, command, cli);
  } finally {
    await stores.close().catch(() => undefined);
  }
}

/** By kind and code: the message of an unknown error may quote data. */
function explain(error: unknown, { name }: Command, { say }: Cli): number {
  if (error instanceof UsageError) {
    say(`${error.message}\n"claimwire ${name} --help" lists everything.`);
    return EXIT.usage;
  }
  if (error instanceof SettingsError) {
    say(error.message);
    return EXIT.settings;
  }
  if (error instanceof ApiError) {
    say(error.message);
    return error.exitCode;
  }
  if (isTransient(error)) {
    say(`PostgreSQL or Kafka does not answer (${errorCode(error)}): "claimwire doctor" says which, and what to do.`);
    return EXIT.unavailable;
  }
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
  say([`${name} failed: ${errorCode(error)}`, ...frames].join('\n'));
  return EXIT.failed;
}
