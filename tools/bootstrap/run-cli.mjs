// @ts-check
import { UsageError } from './cli-options.mjs';

/** Something the person at the terminal can act on; shown without a stack trace. Exit code 1. */
export class Failure extends Error {}

/**
 * Parses, answers --help, runs, and ends the process: 0 done, 1 failed, 2 wrong usage.
 * @template {{ help: boolean }} T
 * @param {{ parse: (args: string[]) => T, help: string, main: (options: T) => Promise<number> }} cli
 */
export const runCli = async ({ parse, help, main }) => {
  try {
    const options = parse(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(help);
      return;
    }
    process.exitCode = await main(options);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${help}`);
      process.exitCode = 2;
    } else {
      process.stderr.write(`${error instanceof Failure ? error.message : describe(error)}\n`);
      process.exitCode = 1;
    }
  }
};

/** @param {unknown} error */
const describe = (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
