import { table } from '../machine/table.js';
import { ratios, type Spread, spread } from '../stats/statistics.js';
import type { CpuSeconds, RoundResult } from './contender.js';

/** By contender, round by round; the last contender is this build. */
export type Results = Readonly<Record<string, readonly RoundResult[]>>;

const range = ({ median, min, max }: Spread, digits: number): string =>
  Number.isNaN(median) ? '–' : `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

const rates = (rounds: readonly RoundResult[]): number[] => rounds.map(({ eventsPerSecond }) => eventsPerSecond);
const cpuOf = (rounds: readonly RoundResult[], of: keyof CpuSeconds): number[] =>
  rounds.map(({ cpuSecondsPer10k }) => cpuSecondsPer10k[of] ?? NaN);
const totalOf = (rounds: readonly RoundResult[]): number[] =>
  rounds.map(
    ({ cpuSecondsPer10k: { process, postgres, broker } }) => (process ?? NaN) + (postgres ?? 0) + (broker ?? 0),
  );

const HEADER = ['', 'events/s (min–max)', 'process', 'PostgreSQL', 'broker', 'all three', 'RSS MiB'];

function row(name: string, rounds: readonly RoundResult[]): string[] {
  return [
    name,
    range(spread(rates(rounds)), 0),
    ...(['process', 'postgres', 'broker'] as const).map((of) => range(spread(cpuOf(rounds, of)), 2)),
    range(spread(totalOf(rounds)), 2),
    range(spread(rounds.map(({ rssMiB }) => rssMiB ?? NaN)), 0),
  ];
}

/** Round by round: what the machine did in a minute of its own falls out of a ratio. */
function ratioRow(name: string, ours: readonly RoundResult[], others: readonly RoundResult[]): string[] {
  return [
    `this build / ${name}`,
    range(spread(ratios(rates(ours), rates(others))), 2),
    range(spread(ratios(totalOf(ours), totalOf(others))), 2),
  ];
}

export function report(results: Results): string {
  const entries = Object.entries(results);
  const ours = entries.at(-1)?.[1] ?? [];
  const lines = [
    `CPU seconds per 10,000 events, medians of ${ours.length}:`,
    table(
      HEADER,
      entries.map(([name, rounds]) => row(name, rounds)),
    ),
  ];
  const others = entries.slice(0, -1);
  if (others.length > 0) {
    lines.push(
      table(
        ['ratio', 'events/s (min–max)', 'CPU time of all three'],
        others.map(([name, rounds]) => ratioRow(name, ours, rounds)),
      ),
    );
  }
  const notes = ours.at(-1)?.notes;
  if (notes) {
    lines.push(
      `this build, last round: ${notes.stored} events of ${notes.claims} claims stored once in ${notes.batches} batches, ` +
        `${notes.late} of them late, every version right; ${notes.published} on claims.events.v1, ` +
        `${notes.states} on claims.state.v1; every contender ended in the same state of every claim`,
    );
  }
  return lines.join('\n\n');
}
