import { ratios, type Spread, spread } from '../stats/statistics.js';
import type { SchemeResult } from './measure-scheme.js';

/** What the ingress may add to the 99th percentile at the fixed rate. */
export const P99_ALLOWANCE_MS = 3;

export interface Verdict {
  scheme: string;
  /** Requests per second as a share of the baseline with the publisher, round by round. */
  ratio: Spread;
  ratioTarget: number;
  ratioMet: boolean;
  /** At the fixed rate, above the baseline with the publisher, round by round. */
  p99AddedMs: Spread;
  p99Met: boolean;
}

export function judge({ scheme, closed, fixed }: SchemeResult): Verdict {
  const perSecond = (name: 'publisher' | 'ingress') => closed[name].map((sample) => sample.perSecond);
  const ratio = spread(ratios(perSecond('ingress'), perSecond('publisher')));
  const added = fixed.ingress.map(({ p99 }, round) => p99 - (fixed.publisher[round]?.p99 ?? NaN));
  const p99AddedMs = spread(added);
  return {
    scheme: scheme.name,
    ratio,
    ratioTarget: scheme.target,
    ratioMet: ratio.median >= scheme.target,
    p99AddedMs,
    p99Met: p99AddedMs.median <= P99_ALLOWANCE_MS,
  };
}
