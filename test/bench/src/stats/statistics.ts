/** Nearest rank: a value that was really measured. @returns NaN for no values */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) return NaN;
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] as number;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Middle and extremes of the rounds; of an even number the mean of the middle two. @returns NaN for no values */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const lower = sorted[Math.ceil(middle) - 1] ?? NaN;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return { median: (lower + upper) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** Round by round: what the machine did in a minute of its own falls out of the ratio. */
export function ratios(values: readonly number[], baseline: readonly number[]): number[] {
  return values.slice(0, baseline.length).map((value, round) => value / (baseline[round] as number));
}

export interface Point {
  x: number;
  y: number;
}

/** Least squares, in y per x. @returns 0 where all x are the same */
export function slope(points: readonly Point[]): number {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return variance > 0 ? covariance / variance : 0;
}

/** The lowest point of each so many x: garbage that waits for its collector falls out, what is kept stays. */
export function floors(points: readonly Point[], width: number): Point[] {
  const lowest = new Map<number, Point>();
  for (const point of points) {
    const window = Math.floor(point.x / width);
    if (point.y < (lowest.get(window)?.y ?? Infinity)) lowest.set(window, point);
  }
  return [...lowest.values()];
}
