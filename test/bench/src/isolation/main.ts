import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Receiver } from '../fanout/receiver.js';
import { runCli } from '../machine/cli.js';
import { describeMachine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { ROOT } from '../machine/service-process.js';
import { table } from '../machine/table.js';
import { percentile, spread } from '../stats/statistics.js';
import { Crowd } from './crowd.js';
import { HELP, type IsolationOptions, readOptions } from './options.js';

/** Nothing listens on port 1. */
const illnesses = (origin: string): Record<string, string> => ({
  dead: 'http://127.0.0.1:1/in',
  slow: `${origin}/slow`,
  throttled: `${origin}/throttled`,
});

interface Times {
  p50: number;
  p99: number;
}

interface Comparison {
  ill: string;
  backlog: number;
  without: Times;
  with: Times;
}

const timesOf = (milliseconds: readonly number[]): Times => {
  const sorted = Float64Array.from(milliseconds).sort();
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
};

async function measureAll(options: IsolationOptions): Promise<Comparison[]> {
  const receiver = await Receiver.start();
  const crowd = await Crowd.start(receiver, options);
  const comparisons: Comparison[] = [];
  try {
    await crowd.measure();
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const [ill, url] of Object.entries(illnesses(receiver.origin))) {
        for (const backlog of [0, options.backlog]) {
          await crowd.turn(null, 0);
          const without = timesOf(await crowd.measure());
          await crowd.turn(url, backlog);
          comparisons.push({ ill, backlog, without, with: timesOf(await crowd.measure()) });
        }
        console.error(`round ${round} of ${options.rounds}: ${ill} done`);
      }
    }
    return comparisons;
  } finally {
    await crowd.stop();
    receiver.stop();
  }
}

function report(comparisons: readonly Comparison[]): string {
  const median = (values: readonly number[]) => spread(values).median;
  const keys = [...new Set(comparisons.map(({ ill, backlog }) => `${ill}, ${backlog} waiting`))];
  const rows = keys.map((key) => {
    const rounds = comparisons.filter(({ ill, backlog }) => `${ill}, ${backlog} waiting` === key);
    const figure = (read: (comparison: Comparison) => number) => median(rounds.map(read));
    const [without, withIt] = [figure((one) => one.without.p99), figure((one) => one.with.p99)];
    return [
      key,
      figure((one) => one.without.p50).toFixed(1),
      figure((one) => one.with.p50).toFixed(1),
      without.toFixed(1),
      withIt.toFixed(1),
      (1.25 * without + 2).toFixed(1),
      withIt <= 1.25 * without + 2 ? 'yes' : 'NO',
    ];
  });
  return table(['ms (medians of rounds)', 'p50 without', 'p50 with', 'p99 without', 'p99 with', 'target', 'met'], rows);
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const results = await measureAll(options);
    const folder = join(ROOT, 'var/bench');
    await mkdir(folder, { recursive: true });
    const name = `isolation-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`;
    await writeFile(join(folder, name), JSON.stringify({ machine, options, results }, null, 2));
    console.log(`${machineLines(machine).join('\n')}\n\n${report(results)}`);
  });
  return 0;
});
