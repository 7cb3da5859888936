/** A limit of so many starts in any window of this length. */
const WINDOW_MS = 1_000;

/**
 * At most `limit` starts in any second, by the times of the last ones: no burst at the edges of seconds. Exact over all
 * replicas, because only the holder of a webhook's lease starts anything, and a new holder lets the first second pass.
 */
export class RateGate {
  /** A ring: the newest before `next`, the oldest at it. */
  private starts: Float64Array;
  private next = 0;

  /** @param lastStart when somebody else may have started as many as are allowed, by performance.now() */
  constructor(limit: number | null, lastStart = -Infinity) {
    this.starts = new Float64Array(limit ?? 0).fill(lastStart);
  }

  /** Milliseconds until the next start is allowed; 0 = now. */
  waitMs(now: number): number {
    const oldest = this.starts[this.next];
    return oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - now);
  }

  started(now: number): void {
    if (this.starts.length === 0) return;
    this.starts[this.next] = now;
    this.next = (this.next + 1) % this.starts.length;
  }

  /** What has been started counts on. Where nothing was counted, as many as are allowed may have been. */
  resize(limit: number | null, now: number): void {
    if ((limit ?? 0) === this.starts.length) return;
    const known = [...this.starts.subarray(this.next), ...this.starts.subarray(0, this.next)];
    const wasOpen = known.length === 0;
    this.starts = new Float64Array(limit ?? 0).fill(wasOpen ? now : -Infinity);
    this.next = 0;
    for (const start of known.slice(-this.starts.length)) this.started(start);
  }
}
