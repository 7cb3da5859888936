import { runCli } from '../machine/cli.js';
import { describeMachine, machineLines } from '../machine/describe-machine.js';
import { withEngines } from '../machine/engines.js';
import { table } from '../machine/table.js';
import { ratios, type Spread, spread } from '../stats/statistics.js';
import { HELP, type NormalizerBenchOptions, readOptions } from './options.js';
import { type RoundResult, runRound } from './run-round.js';
import { planTraffic } from './traffic.js';

const OUT_OF_ORDER = 0.2;
const DUPLICATES = 0.05;

type Results = Record<string, RoundResult[]>;

async function measureAll({
  events,
  claims,
  seed,
  rounds,
  builds,
  profileTo,
}: NormalizerBenchOptions): Promise<Results> {
  const planned = planTraffic({ events, claims, seed, outOfOrder: OUT_OF_ORDER, duplicates: DUPLICATES });
  const results: Results = Object.fromEntries(builds.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // The first of a round has the page cache of the last: they take turns.
    for (const { name, root } of round % 2 === 0 ? builds : builds.toReversed()) {
      const result = await runRound({ planned, root, profileTo });
      results[name]?.push(result);
      const speed = `${result.eventsPerSecond.toFixed(0)} events/s`;
      console.error(`round ${round + 1} of ${rounds}, ${name}: ${speed}, ${result.batches} batches`);
    }
  }
  return results;
}

const range = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

const rates = (results: readonly RoundResult[]): number[] => results.map(({ eventsPerSecond }) => eventsPerSecond);
const cpu = (results: readonly RoundResult[]): number[] =>
  results.map(({ cpuSecondsPer10k }) => cpuSecondsPer10k ?? NaN);

function report(results: Results): string {
  const rows = Object.entries(results).map(([name, rounds]) => [
    name,
    range(spread(rates(rounds)), 0),
    range(spread(cpu(rounds)), 2),
    range(spread(rounds.map(({ postgresSecondsPer10k }) => postgresSecondsPer10k ?? NaN)), 2),
    range(spread(rounds.map(({ batches }) => batches)), 0),
  ]);
  const header = ['', 'events/s (min–max)', 'CPU s per 10,000', 'PostgreSQL CPU s per 10,000', 'batches'];
  const lines = [table(header, rows)];
  const [against, ours] = Object.values(results);
  if (against && ours) {
    lines.push(
      `this build, round by round: ${range(spread(ratios(rates(ours), rates(against))), 2)} × the events/s, ` +
        `${range(spread(ratios(cpu(ours), cpu(against))), 2)} × the CPU`,
    );
  }
  const last = Object.values(results).at(-1)?.at(-1);
  if (last) {
    const { stored, claims, late, published, states } = last;
    lines.push(
      `each round: ${stored} events of ${claims} claims stored once, ${late} of them late, every version right; ` +
        `${published} on claims.events.v1, ${states} on claims.state.v1`,
    );
  }
  return lines.join('\n\n');
}

await runCli(HELP, async (args) => {
  const options = readOptions(args);
  await withEngines(async () => {
    const machine = await describeMachine(process.env.TEST_DATABASE_URL ?? '');
    const results = await measureAll(options);
    if (options.json) console.log(JSON.stringify({ machine, results }, null, 2));
    else console.log(`${machineLines(machine).join('\n')}\n\n${report(results)}`);
  });
  return 0;
});
