import { table } from '../machine/table.js';
import { type Spread, spread } from '../stats/statistics.js';
import { type Verdict, P99_ALLOWANCE_MS } from './judge.js';
import { CONNECTIONS, FIXED_RATE, type Samples, type SchemeResult } from './measure-scheme.js';
import { type Sample, TARGETS } from './target.js';

const LABELS = { bare: 'Fastify', publisher: 'Fastify + publisher', ingress: 'ingress' };

const middle = (samples: readonly Sample[], pick: (sample: Sample) => number | null): number =>
  spread(samples.map((sample) => pick(sample) ?? NaN)).median;

const range = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

function rows(scheme: string, samples: Samples): string[][] {
  return TARGETS.map((target) => {
    const own = samples[target];
    return [
      `${scheme}: ${LABELS[target]}`,
      range(spread(own.map(({ perSecond }) => perSecond)), 0),
      middle(own, ({ p50 }) => p50).toFixed(2),
      middle(own, ({ p99 }) => p99).toFixed(2),
      middle(own, ({ p999 }) => p999).toFixed(2),
      middle(own, ({ cpuMicros }) => cpuMicros).toFixed(0),
    ];
  });
}

const HEADER = ['', 'requests/s (min–max)', 'p50 ms', 'p99 ms', 'p99.9 ms', 'server CPU µs'];
const mark = (met: boolean): string => (met ? 'met' : 'MISSED');

function verdictRow({ scheme, ratio, ratioTarget, ratioMet, p99AddedMs, p99Met }: Verdict): string[] {
  return [scheme, range(ratio, 2), `≥ ${ratioTarget}`, mark(ratioMet), range(p99AddedMs, 2), mark(p99Met)];
}

const VERDICT_HEADER = [
  '',
  'of Fastify + publisher',
  'target',
  '',
  `p99 added at ${FIXED_RATE}/s, ms`,
  `≤ ${P99_ALLOWANCE_MS} ms`,
];

/** Medians over the rounds, with the least and the greatest. */
export function ingressReport(results: readonly SchemeResult[], verdicts: readonly Verdict[]): string {
  const part = (title: string, pick: (result: SchemeResult) => Samples) =>
    `${title}\n${table(
      HEADER,
      results.flatMap((result) => rows(result.scheme.name, pick(result))),
    )}`;
  const accepted = results.reduce((sum, result) => sum + result.accepted, 0);
  return [
    part(`${CONNECTIONS} connections`, ({ closed }) => closed),
    part(`fixed ${FIXED_RATE} requests/s`, ({ fixed }) => fixed),
    `targets\n${table(VERDICT_HEADER, verdicts.map(verdictRow))}`,
    `${accepted} webhooks accepted by the ingresses; their topics hold exactly as many.`,
  ].join('\n\n');
}
