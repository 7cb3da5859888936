export interface ProgressOptions {
  /** Work in hand that stands still for so long is a stall; milliseconds. */
  limitMs: number;
  /** Whether everything that the work may wait for (broker, database) answers a newcomer. Asked only once the limit has passed. */
  storesAnswer: () => Promise<boolean>;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/**
 * Live = progress or nothing to do. Work that stands still while a store is away is no stall: it goes on when the store is
 * back, and a restart would not help. Only where the stores answer a newcomer and nothing has moved for the limit would it.
 */
export class Progress {
  private inHand = 0;
  private movedAt = 0;
  private stalled = false;
  private asking = false;
  private readonly now: () => number;

  constructor(private readonly options: ProgressOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Work that is in hand until it resolves or rejects: a failed try has moved too. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** @returns to be called once, when the work is no longer in hand */
  begin(): () => void {
    // A second piece of work is no sign that the first one moves.
    if (this.inHand === 0) this.moved();
    this.inHand += 1;
    return () => {
      this.inHand -= 1;
      this.moved();
    };
  }

  moved(): void {
    this.movedAt = this.now();
    this.stalled = false;
  }

  /** For `/livez`: reads memory only; the stores are asked meanwhile, and the next call knows their answer. */
  liveness(): true | string {
    if (this.inHand === 0 || this.now() - this.movedAt < this.options.limitMs) return true;
    if (!this.asking) void this.ask();
    return this.stalled ? 'work in hand stands still although broker and database answer' : true;
  }

  private async ask(): Promise<void> {
    this.asking = true;
    const askedAt = this.movedAt;
    const answer = await this.options.storesAnswer().catch(() => false);
    this.asking = false;
    this.stalled = answer && this.movedAt === askedAt;
  }
}
