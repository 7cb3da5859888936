/** How late a deadline may be noticed. One timer for all of them: thousands of timers a second would cost more. */
const TICK_MS = 10;

/** Calls back at about a given time, for as many as there are, with one timer. */
export class Deadlines {
  private readonly buckets = new Map<number, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;
  private next = 0;

  /** @returns how to call it off */
  after(ms: number, callback: () => void): () => void {
    const bucket = Math.ceil((performance.now() + ms) / TICK_MS);
    const callbacks = this.buckets.get(bucket) ?? new Set();
    this.buckets.set(bucket, callbacks.add(callback));
    this.start();
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0 && this.buckets.get(bucket) === callbacks) this.buckets.delete(bucket);
    };
  }

  private start(): void {
    if (this.timer) return;
    this.next = Math.floor(performance.now() / TICK_MS);
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private tick(): void {
    const now = Math.floor(performance.now() / TICK_MS);
    for (; this.next <= now; this.next += 1) {
      const due = this.buckets.get(this.next);
      this.buckets.delete(this.next);
      for (const callback of due ?? []) callback();
    }
    if (this.buckets.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
