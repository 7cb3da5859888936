import { type ParseArgsConfig, parseArgs } from 'node:util';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** @throws UsageError for an option that does not exist */
export function readArguments(args: readonly string[], options: Options): Values {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError unless the option is a whole number of at least `least` */
export function wholeNumber(values: Values, name: string, least = 1): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(`--${name} is a whole number of at least ${least}`);
  }
  return value;
}

/** Prints what is wrong with the command line and ends with 2; another error ends with 1. */
export async function runCli(help: string, main: (args: string[]) => Promise<number>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(help);
    return;
  }
  try {
    process.exitCode = await main(args);
  } catch (error) {
    console.error(error instanceof UsageError ? `${error.message}\n\n${help}` : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
