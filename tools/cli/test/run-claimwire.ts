import type { Environment } from '@claimwire/service-host';
import { COMMANDS } from '../src/commands.js';
import { run } from '../src/run.js';

/** What one run of `claimwire` ended with. */
export interface Ran {
  code: number;
  /** Lines on stdout. */
  printed: string[];
  /** Stderr. */
  said: string;
  /** The first line of stdout as JSON; {} where it is none. */
  result: Record<string, unknown>;
}

/** Runs the command in this process, in an environment of the test's own. */
export async function runClaimwire(
  env: Environment,
  args: readonly string[],
  signal = new AbortController().signal,
): Promise<Ran> {
  const printed: string[] = [];
  const said: string[] = [];
  const code = await run(args, {
    commands: COMMANDS,
    env,
    print: (line) => void printed.push(line),
    say: (line) => void said.push(line),
    signal,
  });
  return { code, printed, said: said.join('\n'), result: parse(printed[0]) };
}

function parse(line = ''): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
