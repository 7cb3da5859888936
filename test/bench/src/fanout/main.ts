import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../machine/cli.js';
import { describeMachine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { ROOT } from '../machine/service-process.js';
import { table } from '../machine/table.js';
import { ratios, type Spread, spread } from '../stats/statistics.js';
import { type FanoutBenchOptions, HELP, readOptions } from './options.js';
import { Receiver } from './receiver.js';
import { type BareResult, type CrashResult, type FanoutResult, runBare, runCrash, runThroughput } from './run-round.js';

interface Results {
  receiver: string;
  bare: BareResult[];
  fanout: FanoutResult[];
  crowd: FanoutResult[];
  backlog: FanoutResult[];
  crash: CrashResult[];
}

async function measureAll(options: FanoutBenchOptions): Promise<Results> {
  const receiver = await Receiver.start();
  const results: Results = { receiver: receiver.madeBy, bare: [], fanout: [], crowd: [], backlog: [], crash: [] };
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      const bare = await runBare(receiver, options.concurrency);
      const fanout = await runThroughput(receiver, options);
      results.bare.push(bare);
      results.fanout.push(fanout);
      const { webhooks, bindings, backlog } = options;
      if (webhooks > 0) results.crowd.push(await runThroughput(receiver, options, { webhooks, bindings }));
      if (backlog > 0) results.backlog.push(await runThroughput(receiver, options, { backlog }));
      if (options.withCrash) results.crash.push(await runCrash(receiver, options));
      const speeds = `${fanout.deliveriesPerSecond.toFixed(0)} deliveries/s, bare ${bare.perSecond.toFixed(0)}`;
      console.error(`round ${round} of ${options.rounds}: ${speeds}`);
    }
    return results;
  } finally {
    receiver.stop();
  }
}

const range = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

const speedsOf = (results: readonly FanoutResult[]): number[] =>
  results.map(({ deliveriesPerSecond }) => deliveriesPerSecond);
const spreadOf = (values: readonly (number | null)[]): Spread => spread(values.map((value) => value ?? NaN));

const row = (name: string, results: readonly FanoutResult[]): string[] => [
  name,
  range(spread(speedsOf(results)), 0),
  range(spreadOf(results.map(({ cpuMicros }) => cpuMicros)), 0),
  range(spreadOf(results.map(({ postgresMicros }) => postgresMicros)), 0),
  range(spread(results.map(({ rssMiB }) => rssMiB)), 0),
];

function report({ receiver, bare, fanout, crowd, backlog, crash }: Results): string {
  const bareSpeeds = bare.map(({ perSecond }) => perSecond);
  const others = Object.entries({ 'beside other webhooks': crowd, 'beside a backlog': backlog });
  const measured = others.filter(([, results]) => results.length > 0);
  const rows = [
    [
      'bare undici loop',
      range(spread(bareSpeeds), 0),
      range(spreadOf(bare.map(({ cpuMicros }) => cpuMicros)), 0),
      '',
      '',
    ],
    row('fan-out', fanout),
    ...measured.map(([name, results]) => row(`fan-out ${name}`, results)),
  ];
  const lines = [
    table(['', 'deliveries/s (min–max)', 'CPU µs each', 'PostgreSQL CPU µs each', 'MiB'], rows),
    `fan-out / bare, round by round: ${range(spread(ratios(speedsOf(fanout), bareSpeeds)), 2)} (receiver: ${receiver})`,
    ...measured.map(([name, results]) => {
      return `${name} / alone: ${range(spread(ratios(speedsOf(results), speedsOf(fanout))), 2)}`;
    }),
  ];
  if (crash.length > 0) {
    const figure = (read: (result: CrashResult) => number, digits: number) => range(spread(crash.map(read)), digits);
    const stored = `${figure((result) => result.stored, 0)} that PostgreSQL held had arrived ${figure((result) => result.storedSeconds, 1)} s`;
    const all = `all ${figure((result) => result.secondsAfterRestart, 1)} s after the restart`;
    const duplicates = `${figure((result) => result.duplicatesPercent, 2)} % came twice`;
    lines.push(`SIGKILL in the middle: the ${stored}, ${all} (target 3 and 10); ${duplicates} (target below 3)`);
  }
  return lines.join('\n\n');
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const document = JSON.stringify({ machine, options, results: await measureAll(options) }, null, 2);
    const folder = join(ROOT, 'var/bench');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `fanout-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`), document);
    const { results } = JSON.parse(document) as { results: Results };
    console.log(options.json ? document : `${machineLines(machine).join('\n')}\n\n${report(results)}`);
  });
  return 0;
});
