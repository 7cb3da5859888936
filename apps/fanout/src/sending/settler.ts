import { setTimeout as sleep } from 'node:timers/promises';
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

/** How long outcomes are gathered before they are stored together. */
const LINGER_MS = 3;
const LARGEST_BATCH = 1_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Stores outcomes in batches, one after another; an outcome is kept until the store has taken it. */
export class Settler {
  private entries: Entry[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly store: SettleStore,
    private readonly options: SettlerOptions,
  ) {}

  /** @param stored called when the outcome is committed */
  add(settlement: Settlement, stored: () => void): void {
    this.entries.push({ settlement, stored });
    this.running ??= this.run();
  }

  get pending(): number {
    return this.entries.length;
  }

  /** Resolves when everything added so far is stored. */
  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    await sleep(LINGER_MS);
    while (this.entries.length > 0) {
      const batch = this.entries.splice(0, LARGEST_BATCH);
      await this.storeUntilTaken(batch);
      for (const { stored } of batch) stored();
    }
    this.running = null;
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
