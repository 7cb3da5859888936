/**
 * Goes on with everything that became ready in one turn of the event loop at the end of it, one after the other. Each in its own
 * socket's callback, kernel and HTTP parser push our code out of the processor's caches between any two of them: that was a
 * tenth of what a webhook costs (docs/performance.md).
 */
export class EndOfTurn<T> {
  private ready: T[] = [];

  /** @param goOn does not throw */
  constructor(private readonly goOn: (item: T) => void) {}

  add(item: T): void {
    if (this.ready.push(item) === 1) setImmediate(this.turnEnds);
  }

  private readonly turnEnds = (): void => {
    const { ready } = this;
    this.ready = [];
    for (const item of ready) this.goOn(item);
  };
}
