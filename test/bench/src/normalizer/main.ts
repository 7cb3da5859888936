import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../machine/cli.js';
import { describeMachine, type Machine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { ROOT } from '../machine/service-process.js';
import { buildStreams } from './build-streams.js';
import type { Contender, RoundResult } from './contender.js';
import { NormalizerContender } from './normalizer-contender.js';
import { HELP, type NormalizerBenchOptions, readOptions } from './options.js';
import { report, type Results } from './report.js';
import { runRound } from './run-round.js';
import { StreamsContender } from './streams-contender.js';
import { planTraffic } from './traffic.js';

const OUT_OF_ORDER = 0.2;
const DUPLICATES = 0.05;

async function contendersOf({ streams, builds }: NormalizerBenchOptions): Promise<Contender[]> {
  const normalizers = builds.map((build) => new NormalizerContender(build));
  if (!streams) return normalizers;
  const classPath = await buildStreams();
  return [new StreamsContender(classPath, 'alone'), new StreamsContender(classPath, 'sink'), ...normalizers];
}

/** Each begins in its turn: the first of a round has the page cache of the last. */
const inTurn = <T>(items: readonly T[], round: number): T[] => {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
};

async function measureAll(options: NormalizerBenchOptions): Promise<Results> {
  const { events, claims, seed, rounds } = options;
  const planned = planTraffic({ events, claims, seed, outOfOrder: OUT_OF_ORDER, duplicates: DUPLICATES });
  const contenders = await contendersOf(options);
  const results: Record<string, RoundResult[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    await runRound(planned, inTurn(contenders, round), (name, result) => {
      results[name]?.push(result);
      console.error(`round ${round + 1} of ${rounds}, ${name}: ${result.eventsPerSecond.toFixed(0)} events/s`);
    });
  }
  return results;
}

async function keep(options: NormalizerBenchOptions, machine: Machine, results: Results): Promise<string> {
  const folder = join(ROOT, 'var/bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `normalizer-${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify({ machine, options, results }, null, 2)}\n`);
  return file;
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const results = await measureAll(options);
    const file = await keep(options, machine, results);
    if (options.json) console.log(JSON.stringify({ machine, results }, null, 2));
    else console.log(`${machineLines(machine).join('\n')}\n\n${report(results)}\n\nkept in ${file}`);
  });
  return 0;
});
