/** What became of one request. */
export interface Answer {
  /** HTTP status, or why there was none: "no answer (ECONNREFUSED)". */
  outcome: number | string;
  milliseconds: number;
}

const ACCEPTED = 202;

/** By outcome, the accepted ones first, then in order of outcome. */
export function countOutcomes(answers: readonly Answer[]): [outcome: number | string, count: number][] {
  const counts = new Map<number | string, number>();
  for (const { outcome } of answers) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const rank = (outcome: number | string) => (outcome === ACCEPTED ? '' : String(outcome));
  return [...counts].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
}

export const allAccepted = (answers: readonly Answer[]): boolean =>
  answers.every(({ outcome }) => outcome === ACCEPTED);

/**
 * Nearest rank.
 * @param ascending at least one number
 * @param share 0 to 1
 */
export function percentile(ascending: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * ascending.length));
  return ascending[rank - 1] ?? Number.NaN;
}

const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** The same for programs: answers by outcome, latencies in milliseconds. */
export function summary(answers: readonly Answer[], elapsedMs: number) {
  const [p50, p95, p99, max] = latencies(answers);
  const outcomes = Object.fromEntries(countOutcomes(answers));
  return { outcomes, latencyMs: { p50, p95, p99, max }, seconds: elapsedMs / 1000 };
}

/** Of what was answered at all: p50, p95, p99 and the longest, in milliseconds; undefined where nothing was. */
function latencies(answers: readonly Answer[]): (number | undefined)[] {
  const times = answers
    .filter(({ outcome }) => typeof outcome === 'number')
    .map((answer) => answer.milliseconds)
    .sort((a, b) => a - b);
  return [0.5, 0.95, 0.99, 1].map((share) => (times.length === 0 ? undefined : percentile(times, share)));
}

/** Counts per status, and the latency of what was answered at all. */
export function summaryLines(answers: readonly Answer[], elapsedMs: number): string[] {
  const counts = countOutcomes(answers).map(([outcome, count]) => `${count} × ${outcome}`);
  const perSecond = Math.round((answers.length * 1000) / Math.max(elapsedMs, 1));
  const [p50, p95, p99, max] = latencies(answers).map((time) => (time === undefined ? '' : milliseconds(time)));
  return [
    `${allAccepted(answers) ? '✔' : '✘'} ${counts.join(', ') || 'nothing sent'}`,
    ...(p50 ? [`  latency p50 ${p50}, p95 ${p95}, p99 ${p99}, max ${max}`] : []),
    ...(answers.length > 1
      ? [`  ${answers.length} in ${(elapsedMs / 1000).toFixed(1)} s: ${perSecond} per second`]
      : []),
  ];
}
