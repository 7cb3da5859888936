import { describeSettings } from './describe-settings.js';
import { type Environment, readConfig, type SettingDefaults } from './read-config.js';
import type { ConfigClass } from './setting.js';

/** EX_CONFIG of sysexits.h: a supervisor need not restart what cannot start. */
export const EXIT_CONFIG = 78;

export interface LoadConfigOptions {
  /** Named in the error text; default "the service". */
  name?: string;
  defaults?: SettingDefaults;
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

/** For scripts beside a service: `--help` on the command line prints the settings and exits 0. */
export function answerHelp<T extends object>(
  config: ConfigClass<T>,
  { name = 'the service', defaults = {} }: LoadConfigOptions = {},
  args: readonly string[] = process.argv.slice(2),
): void {
  if (!args.includes('--help') && !args.includes('-h')) return;
  process.stdout.write(describeSettings(name, config, defaults));
  process.exit(0);
}

export function formatProblems(name: string, problems: readonly string[]): string {
  const count = problems.length === 1 ? '1 setting is wrong' : `${problems.length} settings are wrong`;
  const lines = problems.map((problem) => `  - ${problem}`);
  return `${name} cannot start, ${count}:\n${lines.join('\n')}\nRun it with --help to see every setting.\n`;
}
