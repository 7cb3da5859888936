import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../machine/cli.js';
import { describeMachine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { ROOT } from '../machine/service-process.js';
import { Chain } from './chain.js';
import { HELP, readOptions, type LatencyOptions } from './options.js';
import { hopsOf, latenciesOf, report, type LatencyRound } from './report.js';
import { System } from './system.js';
import type { Times, Way } from './way.js';

async function measure(way: Way, options: LatencyOptions, round: number): Promise<Times> {
  const { rate, seconds, warmUpSeconds } = options;
  const times = await way.run({ count: rate * (warmUpSeconds + seconds), rate }, `r${round}`);
  return times.slice(rate * warmUpSeconds);
}

async function measureAll(options: LatencyOptions): Promise<LatencyRound[]> {
  const chain = await Chain.start();
  const system = await System.start();
  try {
    const times: { chain: Times; system: Times }[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      const inTurn: Way[] = round % 2 === 0 ? [system, chain] : [chain, system];
      const measured = new Map<Way, Times>();
      for (const way of inTurn) measured.set(way, await measure(way, options, round));
      times.push({ chain: measured.get(chain) ?? [], system: measured.get(system) ?? [] });
      const line = inTurn.map((way) => {
        const { p50, p99 } = latenciesOf(measured.get(way) ?? []);
        return `${way.name} ${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
      });
      console.error(`round ${round} of ${options.rounds}: ${line.join(', ')}`);
    }
    const marks = await system.marks();
    return times.map((round) => ({
      chain: latenciesOf(round.chain),
      system: latenciesOf(round.system),
      hops: hopsOf(round.system, marks),
    }));
  } finally {
    await Promise.all([chain.stop(), system.stop()]);
  }
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const rounds = await measureAll(options);
    const document = JSON.stringify({ machine, options, rounds }, null, 2);
    const folder = join(ROOT, 'var/bench');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `latency-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`), document);
    console.log(options.json ? document : `${machineLines(machine).join('\n')}\n\n${report(rounds)}`);
  });
  return 0;
});
