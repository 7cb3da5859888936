import type { SpoolEntry } from './spool-entry.js';

/** The bound of the spool is reached: the sender must keep the event until Kafka is back. */
export class SpoolFullError extends Error {
  readonly code = 'spool_full';
  override readonly name = 'SpoolFullError';
}

/** PostgreSQL did not commit in time. The event may be there all the same: duplicates are cut by `ce_id`. */
export class SpoolTimeoutError extends Error {
  readonly code = 'spool_timeout';
  override readonly name = 'SpoolTimeoutError';
}

export interface SpoolWriterOptions {
  deadlineMs: number;
  maxBatchRows?: number;
  maxBatchBytes?: number;
}

interface Waiting {
  entry: SpoolEntry;
  settled: boolean;
  readonly settle: (error: Error | null) => void;
}

/** Group commit: what comes while one commit is under way goes into the next one, in order of arrival. */
export class SpoolWriter {
  private queue: Waiting[] = [];
  private running = false;
  private readonly maxBatchRows: number;
  private readonly maxBatchBytes: number;
  private readonly deadlineMs: number;

  /** @param insert resolves once all are committed; false = they do not all fit, none is stored */
  constructor(
    private readonly insert: (entries: readonly SpoolEntry[]) => Promise<boolean>,
    { deadlineMs, maxBatchRows = 500, maxBatchBytes = 4 * 1024 * 1024 }: SpoolWriterOptions,
  ) {
    this.deadlineMs = deadlineMs;
    this.maxBatchRows = maxBatchRows;
    this.maxBatchBytes = maxBatchBytes;
  }

  /** Events that are held for a later commit. */
  get waiting(): number {
    return this.queue.length;
  }

  /** @throws SpoolFullError, SpoolTimeoutError, or what the database says */
  write(entry: SpoolEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.settle(new SpoolTimeoutError('not committed in time'));
        this.forgetSettled();
      }, this.deadlineMs);
      const waiting: Waiting = {
        entry,
        settled: false,
        settle: (error) => {
          clearTimeout(timer);
          waiting.settled = true;
          if (error) reject(error);
          else resolve();
        },
      };
      this.queue.push(waiting);
      if (!this.running) void this.run();
    });
  }

  /**
   * A commit can hang for longer than requests wait: without this the events of all whose senders were told to come back
   * would pile up meanwhile. All wait equally long, so that those who gave up stand in front.
   */
  private forgetSettled(): void {
    const kept = this.queue.findIndex(({ settled }) => !settled);
    this.queue.splice(0, kept === -1 ? this.queue.length : kept);
  }

  private async run(): Promise<void> {
    this.running = true;
    // What is written in the same turn of the event loop shares the first commit.
    await new Promise((resolve) => setImmediate(resolve));
    for (let batch = this.take(); batch.length > 0; batch = this.take()) await this.commit(batch);
    this.running = false;
  }

  private take(): Waiting[] {
    this.queue = this.queue.filter(({ settled }) => !settled);
    let bytes = 0;
    let count = 0;
    for (const { entry } of this.queue) {
      bytes += entry.sealed.length;
      if (count > 0 && (count >= this.maxBatchRows || bytes > this.maxBatchBytes)) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const fits = await this.insert(batch.map(({ entry }) => entry));
      if (fits) return batch.forEach(({ settle }) => settle(null));
    } catch (error) {
      return batch.forEach(({ settle }) => settle(error as Error));
    }
    if (batch.length === 1) return batch[0]!.settle(new SpoolFullError('the spool is full'));
    const half = Math.ceil(batch.length / 2);
    await this.commit(batch.slice(0, half));
    await this.commit(batch.slice(half));
  }
}
