import type { ConnectionLoader, TokenEntry } from './load-connections.js';

/** PostgreSQL did not answer, or too many ask: the sender is told to come back. */
export class LookupUnavailableError extends Error {
  override readonly name = 'LookupUnavailableError';
}

export interface TokenLookupOptions {
  deadlineMs?: number;
  /** Most look-ups that may wait. */
  maxWaiting?: number;
}

interface Waiter {
  resolve: (entry: TokenEntry | null) => void;
  reject: (error: Error) => void;
}

/**
 * Reads unknown tokens through to PostgreSQL: one query at a time for all that wait, so that a flood of made-up tokens
 * costs the database one connection and no more.
 */
export class TokenLookup {
  private waiting = new Map<string, Waiter[]>();
  private waitingCount = 0;
  private running = false;
  private readonly deadlineMs: number;
  private readonly maxWaiting: number;

  constructor(
    private readonly loader: Pick<ConnectionLoader, 'loadByHashes'>,
    { deadlineMs = 2_000, maxWaiting = 10_000 }: TokenLookupOptions = {},
  ) {
    this.deadlineMs = deadlineMs;
    this.maxWaiting = maxWaiting;
  }

  /**
   * @returns null when PostgreSQL says that there is no such token
   * @throws LookupUnavailableError when it cannot be asked in time
   */
  find(hash: string): Promise<TokenEntry | null> {
    if (this.waitingCount >= this.maxWaiting)
      return Promise.reject(new LookupUnavailableError('too many look-ups wait'));
    return new Promise((resolve, reject) => {
      const waiters = this.waiting.get(hash) ?? [];
      this.waiting.set(hash, [...waiters, this.withDeadline({ resolve, reject })]);
      this.waitingCount += 1;
      if (!this.running) void this.run();
    });
  }

  private withDeadline({ resolve, reject }: Waiter): Waiter {
    const timer = setTimeout(
      () => reject(new LookupUnavailableError('PostgreSQL did not answer in time')),
      this.deadlineMs,
    );
    const settle =
      <T>(then: (value: T) => void) =>
      (value: T): void => {
        clearTimeout(timer);
        then(value);
      };
    return { resolve: settle(resolve), reject: settle(reject) };
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.size > 0) {
      const batch = this.waiting;
      this.waiting = new Map();
      await this.settle(batch);
      for (const waiters of batch.values()) this.waitingCount -= waiters.length;
    }
    this.running = false;
  }

  private async settle(batch: ReadonlyMap<string, Waiter[]>): Promise<void> {
    try {
      const entries = await this.loader.loadByHashes([...batch.keys()]);
      const byHash = new Map(entries.map((entry) => [entry.hash, entry]));
      for (const [hash, waiters] of batch) waiters.forEach(({ resolve }) => resolve(byHash.get(hash) ?? null));
    } catch {
      const error = new LookupUnavailableError('PostgreSQL could not be asked');
      for (const waiters of batch.values()) waiters.forEach(({ reject }) => reject(error));
    }
  }
}
