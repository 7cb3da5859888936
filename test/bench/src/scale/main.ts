import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../machine/cli.js';
import { describeMachine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { ROOT } from '../machine/service-process.js';
import { table } from '../machine/table.js';
import { HELP, readOptions, type ScaleOptions, type Stage } from './options.js';
import type { ScaleResult } from './replica-group.js';
import { scaleFanout } from './scale-fanout.js';
import { scaleNormalizer } from './scale-normalizer.js';

type Results = Partial<Record<Stage, ScaleResult[]>>;

const RUNS = { normalizer: scaleNormalizer, fanout: scaleFanout };
const UNITS = { normalizer: 'raw events', fanout: 'deliveries' };

async function measureAll(options: ScaleOptions): Promise<Results> {
  const results: Results = {};
  for (const stage of options.only) {
    const runs: ScaleResult[] = [];
    results[stage] = runs;
    for (const replicas of options.replicas) {
      const result = await RUNS[stage](replicas, options);
      if (result.shares.some((share) => share === 0)) throw new Error(`${stage}: a replica of ${replicas} was idle`);
      runs.push(result);
      console.error(`${stage}, ${replicas} replicas: ${result.perSecond.toFixed(0)} ${UNITS[stage]}/s`);
    }
  }
  return results;
}

const number = (value: number | null): string => (value === null ? '' : value.toFixed(0));
const percent = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(0)} %`;

function report(stage: Stage, runs: readonly ScaleResult[]): string {
  const rows = runs.map(({ replicas, perSecond, cpuPerMillion: cpu, shares }) => [
    String(replicas),
    number(perSecond),
    number(cpu.replicas),
    number(cpu.postgres),
    number(cpu.broker),
    `${percent(shares[0])}–${percent(shares.at(-1))}`,
  ]);
  const heads = ['replicas', `${UNITS[stage]}/s`, 'CPU s per million', 'PostgreSQL', 'broker', 'share of a replica'];
  return `${stage}\n${table(heads, rows)}`;
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const results = await measureAll(options);
    const document = JSON.stringify({ machine, options, results }, null, 2);
    const folder = join(ROOT, 'var/bench');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `scale-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`), document);
    const tables = options.only.map((stage) => report(stage, results[stage] ?? []));
    console.log(options.json ? document : [machineLines(machine).join('\n'), ...tables].join('\n\n'));
  });
  return 0;
});
