import { LoadGenerator } from '../load/load-generator.js';
import { runCli } from '../machine/cli.js';
import { describeMachine, type Machine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { judge } from './judge.js';
import { measureScheme, type SchemeResult } from './measure-scheme.js';
import { HELP, type IngressBenchOptions, readOptions } from './options.js';
import { ingressReport } from './report.js';
import { BenchConnections } from './seed-connections.js';
import { soak, soakReport } from './soak.js';

const progress = (line: string): void => console.error(line);

interface Bench {
  options: IngressBenchOptions;
  machine: Machine;
  connections: BenchConnections;
  generator: LoadGenerator;
}

/** @returns whether every target is met */
async function measureAll({ options, machine, connections, generator }: Bench): Promise<boolean> {
  const results: SchemeResult[] = [];
  for (const scheme of options.schemes) {
    results.push(await measureScheme(scheme, { generator, connections, options, onRound: progress }));
  }
  const verdicts = results.map(judge);
  // The schemes' keys are of this run, and no part of what was measured.
  const named = results.map((result) => ({ ...result, scheme: result.scheme.name }));
  if (options.json) console.log(JSON.stringify({ machine, results: named, verdicts }, null, 2));
  else console.log(`${machineLines(machine).join('\n')}\n\n${ingressReport(results, verdicts)}`);
  return verdicts.every(({ ratioMet, p99Met }) => ratioMet && p99Met);
}

/** @returns whether memory stayed flat */
async function soakFirst({ options, machine, connections, generator }: Bench, seconds: number): Promise<boolean> {
  const [scheme] = options.schemes;
  if (!scheme) return true;
  const { profileTo } = options;
  const result = await soak(scheme, { generator, connections, seconds, profileTo, onProgress: progress });
  if (options.json) console.log(JSON.stringify({ machine, soak: result }, null, 2));
  else console.log(`${machineLines(machine).join('\n')}\n\n${soakReport(result)}`);
  return result.flat;
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  let met = true;
  await withEngines(async () => {
    const connections = await BenchConnections.create(options.schemes);
    const generator = new LoadGenerator();
    try {
      const machine = await describeMachine(connections.database.url);
      const bench = { options, machine, connections, generator };
      met = await (options.soakSeconds === null ? measureAll(bench) : soakFirst(bench, options.soakSeconds));
    } finally {
      generator.stop();
      await connections.database.drop();
    }
  });
  return met || !options.assert ? 0 : 1;
});
