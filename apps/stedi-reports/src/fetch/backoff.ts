export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/**
 * How long to wait after so many tries, in milliseconds: doubled each time, up to a ceiling. Jitter in the upper half:
 * transactions that failed together do not come back together.
 */
export function backoffMs(
  attempts: number,
  { firstMs, longestMs }: Backoff,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(attempts - 1, 30), longestMs);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
