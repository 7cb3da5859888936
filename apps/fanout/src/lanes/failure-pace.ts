/** More failures in a row than that, and the webhook counts as out of order rather than unlucky. */
const FREE_FAILURES = 100;
/** Between two starts from then on. */
const SPACING_MS = 10;

/**
 * Slows a webhook down that fails at once and only. One that refuses connections, or answers 429 to everything, would be tried as
 * fast as this process can, a whole backlog of it, and take processor and database from all others; nor does it help a
 * receiver that is overloaded. The first answer ends it.
 */
export class FailurePace {
  private failures = 0;
  private nextAt = -Infinity;

  well(): void {
    this.failures = 0;
    this.nextAt = -Infinity;
  }

  failed(): void {
    this.failures += 1;
  }

  /** Milliseconds until the next start is allowed; 0 = now. @param now by performance.now() */
  waitMs(now: number): number {
    return this.failures < FREE_FAILURES ? 0 : Math.max(0, this.nextAt - now);
  }

  started(now: number): void {
    if (this.failures >= FREE_FAILURES) this.nextAt = now + SPACING_MS;
  }
}
