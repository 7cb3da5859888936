export interface ProgressOptions {
  /** Work in hand that stands still for so long is a stall; milliseconds. */
  limitMs: number;
  /** Whether everything that the work may wait for (broker, database) answers a newcomer. Asked only once the limit has passed. */
  storesAnswer: () => Promise<boolean>;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

interface Lane {
  inHand: number;
  movedAt: number;
}

/**
 * Live = progress or nothing to do, of each lane by itself: a partition that stands still is not excused by others that move.
 * Work that stands still while a store is away is no stall: it goes on when the store is back, and a restart would not help.
 * Only where the stores answer a newcomer and nothing of a lane has moved for the limit would it.
 */
export class Progress {
  /** Those with work in hand. */
  private readonly lanes = new Map<string, Lane>();
  /** The answer to the last question: the lane that it was about, and when that had moved. */
  private stalled: { lane: Lane; movedAt: number } | null = null;
  private asking = false;
  private readonly now: () => number;

  constructor(private readonly options: ProgressOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Work that is in hand until it resolves or rejects: a failed try has moved too. */
  async during<T>(work: () => Promise<T>, laneName?: string): Promise<T> {
    const end = this.begin(laneName);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** @returns to be called once, when the work is no longer in hand */
  begin(laneName = ''): () => void {
    // A second piece of work is no sign that the first one moves.
    const lane = this.lanes.get(laneName) ?? { inHand: 0, movedAt: this.now() };
    if (lane.inHand === 0) this.lanes.set(laneName, lane);
    lane.inHand += 1;
    return () => {
      lane.inHand -= 1;
      lane.movedAt = this.now();
      if (lane.inHand === 0) this.lanes.delete(laneName);
    };
  }

  moved(laneName = ''): void {
    const lane = this.lanes.get(laneName);
    if (lane) lane.movedAt = this.now();
  }

  /** For `/livez`: reads memory only; the stores are asked meanwhile, and the next call knows their answer. */
  liveness(): true | string {
    const slowest = this.slowest();
    if (slowest === null || this.now() - slowest.movedAt < this.options.limitMs) return true;
    if (!this.asking) void this.ask(slowest);
    const { stalled } = this;
    const isStalled = stalled?.lane === slowest && stalled.movedAt === slowest.movedAt;
    return isStalled ? 'work in hand stands still although broker and database answer' : true;
  }

  private slowest(): Lane | null {
    let slowest: Lane | null = null;
    for (const lane of this.lanes.values()) if (slowest === null || lane.movedAt < slowest.movedAt) slowest = lane;
    return slowest;
  }

  private async ask(lane: Lane): Promise<void> {
    this.asking = true;
    const { movedAt } = lane;
    const answer = await this.options.storesAnswer().catch(() => false);
    this.asking = false;
    this.stalled = answer ? { lane, movedAt } : null;
  }
}
