interface Bucket {
  failures: number;
  /** Start of its minute, on the monotonic clock. */
  since: number;
}

const MINUTE_MS = 60_000;
/** Sources and connections that are remembered at a time; beyond it the oldest is forgotten. */
const MAX_BUCKETS = 10_000;

/** How many requests with wrong credentials a source may send to a connection per minute before it is told to slow down. */
export class FailedAuthBudget {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts one. @returns the seconds to wait when it is over the budget, else null */
  spend(source: string, connection: string): number | null {
    const key = `${connection} ${source}`;
    const now = this.now();
    let bucket = this.buckets.get(key);
    if (!bucket || now - bucket.since >= MINUTE_MS) bucket = this.begin(key, now);
    bucket.failures += 1;
    return bucket.failures > this.perMinute ? Math.ceil((bucket.since + MINUTE_MS - now) / 1_000) : null;
  }

  private begin(key: string, since: number): Bucket {
    const bucket = { failures: 0, since };
    // Deleted first, so that the map stays in the order of beginnings.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MAX_BUCKETS) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket;
  }
}
