import type { Settlement } from './settlement.js';

export interface SettleStore {
  settle(settlements: readonly Settlement[]): Promise<void>;
}

export interface SettlerOptions {
  /** Why the store did not take a batch; it is tried again until it does. */
  onFailure: (error: unknown) => void;
  onStored: (count: number, seconds: number) => void;
}

interface Entry {
  settlement: Settlement;
  stored: () => void;
}

/** How long the outcomes of one moment are gathered. */
const GATHER_MS = 3;
/** How much longer a few are that nobody waits for: to store one costs as much as to store ten, and is a good part of what one costs. */
const LINGER_MS = 20;
const MANY = 32;
const LARGEST_BATCH = 1_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** The global one, which a test's clock drives. */
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Stores outcomes in batches, one after another; an outcome is kept until the store has taken it. */
export class Settler {
  private entries: Entry[] = [];
  private running: Promise<void> | null = null;
  /** Somebody waits for one of the outcomes. */
  private isUrgent = false;
  private endLinger: (() => void) | undefined;

  constructor(
    private readonly store: SettleStore,
    private readonly options: SettlerOptions,
  ) {}

  /**
   * @param stored called when the outcome is committed
   * @param isAwaited something can only go on then
   */
  add(settlement: Settlement, stored: () => void, isAwaited: boolean): void {
    this.entries.push({ settlement, stored });
    this.running ??= this.run();
    if (isAwaited || this.entries.length >= MANY) this.hurry();
  }

  /** Something waits for an outcome now. */
  hurry(): void {
    if (this.entries.length === 0) return;
    this.isUrgent = true;
    this.endLinger?.();
  }

  get pending(): number {
    return this.entries.length;
  }

  /** Resolves when everything added so far is stored. */
  async drained(): Promise<void> {
    while (this.running) {
      this.hurry();
      await this.running;
    }
  }

  private async run(): Promise<void> {
    await sleep(GATHER_MS);
    while (this.entries.length > 0) {
      if (!this.isUrgent) await this.linger();
      this.isUrgent = false;
      const batch = this.entries.splice(0, LARGEST_BATCH);
      await this.storeUntilTaken(batch);
      for (const { stored } of batch) stored();
    }
    this.running = null;
  }

  private async linger(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.endLinger = resolve;
      timer = setTimeout(resolve, LINGER_MS);
    });
    clearTimeout(timer);
    this.endLinger = undefined;
  }

  private async storeUntilTaken(batch: readonly Entry[]): Promise<void> {
    const settlements = batch.map(({ settlement }) => settlement);
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      const startedAt = performance.now();
      try {
        await this.store.settle(settlements);
        return this.options.onStored(batch.length, (performance.now() - startedAt) / 1000);
      } catch (error) {
        this.options.onFailure(error);
        await sleep(waitMs);
      }
    }
  }
}
