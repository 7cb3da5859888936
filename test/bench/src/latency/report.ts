import { table } from '../machine/table.js';
import { percentile, ratios, spread, type Spread } from '../stats/statistics.js';
import type { Marks } from './system.js';
import type { Times } from './way.js';

export interface Latencies {
  p50: number;
  p99: number;
}

/** Mean milliseconds of each hop. */
export type Hops = Record<'ingress' | 'normaliser' | 'fanout' | 'delivery', number>;

export interface LatencyRound {
  chain: Latencies;
  system: Latencies;
  hops: Hops;
}

export function latenciesOf(times: Times): Latencies {
  const sorted = times.map(({ startedAt, arrivedAt }) => arrivedAt - startedAt).toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** All marks are cut to whole milliseconds, so that the differences of many are right in the mean. */
export function hopsOf(times: Times, marks: ReadonlyMap<string, Marks>): Hops {
  const known = times.flatMap((time) => {
    const mark = marks.get(time.id);
    return mark ? [{ ...time, ...mark }] : [];
  });
  return {
    ingress: mean(known.map(({ startedAt, rawProduced }) => rawProduced - Math.floor(startedAt))),
    normaliser: mean(known.map(({ rawProduced, eventProduced }) => eventProduced - rawProduced)),
    fanout: mean(known.map(({ eventProduced, attempted }) => attempted - eventProduced)),
    delivery: mean(known.map(({ attempted, arrivedAt }) => Math.floor(arrivedAt) - attempted)),
  };
}

const text = ({ median, min, max }: Spread): string => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;

export function report(rounds: readonly LatencyRound[]): string {
  const chain = rounds.map((round) => round.chain);
  const system = rounds.map((round) => round.system);
  const row = (name: string, read: (latencies: Latencies) => number) => {
    const [bare, ours] = [chain.map(read), system.map(read)];
    return [name, text(spread(bare)), text(spread(ours)), text(spread(ratios(ours, bare)))];
  };
  const hop = (name: keyof Hops, what: string) => [what, text(spread(rounds.map(({ hops }) => hops[name])))];
  return [
    table(
      ['', 'bare chain, ms', 'Claimwire, ms', 'ratio, round by round'],
      [row('p50', ({ p50 }) => p50), row('p99', ({ p99 }) => p99)],
    ),
    table(
      ['hop', 'mean ms (min–max)'],
      [
        hop('ingress', 'request → produced by the ingress'),
        hop('normaliser', '→ Kafka, normaliser, committed, produced'),
        hop('fanout', '→ Kafka, matched, committed, attempt begun'),
        hop('delivery', '→ signed, sent, arrived'),
      ],
    ),
  ].join('\n\n');
}
