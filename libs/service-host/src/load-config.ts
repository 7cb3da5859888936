import { describeSettings } from './describe-settings.js';
import { type Environment, readConfig, type SettingDefaults } from './read-config.js';
import type { ConfigClass } from './setting.js';

/** EX_CONFIG of sysexits.h: a supervisor need not restart what cannot start. */
export const EXIT_CONFIG = 78;
const EXIT_USAGE = 2;

export interface LoadConfigOptions {
  /** Named in the error text; default "the service". */
  name?: string;
  defaults?: SettingDefaults;
}

export interface HelpOptions extends LoadConfigOptions {
  /** What a script takes on its command line, each with its meaning; anything else ends it. Not stated: nothing is looked at. */
  flags?: Readonly<Record<string, string>>;
}

/** Reads the settings, or prints every problem with what to do about it and exits 78. */
export function loadConfig<T extends object>(
  config: ConfigClass<T>,
  env: Environment = process.env,
  { name = 'the service', defaults = {} }: LoadConfigOptions = {},
): T {
  const result = readConfig(config, env, defaults);
  if (result.ok) return result.config;
  process.stderr.write(formatProblems(name, result.problems));
  return process.exit(EXIT_CONFIG);
}

/**
 * `--help` on the command line prints the settings and exits 0. A script beside a service that states its `flags` exits 2 for any other: a
 * slip of the pen must not do what the script does without it.
 */
export function answerHelp<T extends object>(
  config: ConfigClass<T>,
  { name = 'the service', defaults = {}, flags }: HelpOptions = {},
  args: readonly string[] = process.argv.slice(2),
): void {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(describeSettings(name, config, defaults) + describeFlags(flags));
    process.exit(0);
  }
  const unknown = flags && args.find((arg) => !Object.hasOwn(flags, arg));
  if (unknown === undefined) return;
  process.stderr.write(`${name} knows no "${unknown}". Run it with --help to see what it takes.\n`);
  process.exit(EXIT_USAGE);
}

function describeFlags(flags: Readonly<Record<string, string>> = {}): string {
  const width = Math.max(0, ...Object.keys(flags).map(({ length }) => length));
  const lines = Object.entries(flags).map(([flag, meaning]) => `  ${flag.padEnd(width)}  ${meaning}\n`);
  return lines.length === 0 ? '' : `\nOptions:\n${lines.join('')}`;
}

export function formatProblems(name: string, problems: readonly string[]): string {
  const count = problems.length === 1 ? '1 setting is wrong' : `${problems.length} settings are wrong`;
  const lines = problems.map((problem) => `  - ${problem}`);
  return `${name} cannot start, ${count}:\n${lines.join('\n')}\nRun it with --help to see every setting.\n`;
}
