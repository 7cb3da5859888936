import { Fifo } from './fifo.js';

export type Ordering = 'per_claim' | 'unordered' | 'latest_only';

/** What a lane must know of what it carries. */
export interface LaneItem {
  id: string;
  claimKey: string;
  version: number;
  replayId: string;
  message: { length: number } | null;
}

/** Items that go one after another: those of one claim, or one item alone where order does not matter. */
interface Chain<T> {
  key: string | null;
  items: T[];
  /** Its first item is in flight or not settled yet. */
  busy: boolean;
}

/**
 * The deliveries of one webhook that are due and in memory. Pure: decides what may start, starts nothing.
 *
 * - At most `concurrency` items are between `take` and `answered`.
 * - Of one claim, at most one item is between `take` and `settled`/`postponed`, and items start in version order.
 * - Replays know no order. `latest_only`: an item that waits gives way to a newer one of its claim.
 */
export class Lane<T extends LaneItem> {
  private readonly chains = new Map<string, Chain<T>>();
  private readonly chainOf = new Map<string, Chain<T>>();
  private readonly ready = new Fifo<Chain<T>>();
  private running = 0;
  private heldBytes = 0;

  constructor(
    private ordering: Ordering,
    private concurrency: number,
  ) {}

  /** Everything in memory: waiting, in flight, or answered and not settled. */
  get size(): number {
    return this.chainOf.size;
  }

  get inFlight(): number {
    return this.running;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  ids(): string[] {
    return [...this.chainOf.keys()];
  }

  has(id: string): boolean {
    return this.chainOf.has(id);
  }

  /** A smaller concurrency takes hold as what is in flight ends. A change of ordering needs a new lane. */
  resize(concurrency: number): void {
    this.concurrency = concurrency;
  }

  /** @returns what `item` replaces (`latest_only`): taken out of the lane, to be settled as superseded */
  add(item: T): T[] {
    if (this.chainOf.has(item.id)) return [];
    const chain = this.chainFor(item);
    const superseded = this.ordering === 'latest_only' && chain.key !== null ? this.supersede(chain, item) : [];
    if (superseded.includes(item)) return superseded;
    const wasEmpty = chain.items.length === 0;
    insertByVersion(chain, item);
    this.chainOf.set(item.id, chain);
    this.heldBytes += item.message?.length ?? 0;
    if (wasEmpty && !chain.busy) this.ready.push(chain);
    return superseded;
  }

  /** The next item that may start, now counted as in flight; null while there is none. */
  take(): T | null {
    if (this.running >= this.concurrency) return null;
    for (let chain = this.ready.shift(); chain; chain = this.ready.shift()) {
      const item = chain.items[0];
      if (chain.busy || !item) continue;
      chain.busy = true;
      this.running += 1;
      return item;
    }
    return null;
  }

  /** The HTTP exchange ended: its place is free, its claim is not yet. */
  answered(): void {
    this.running -= 1;
  }

  /** True when a newer item of the claim waits behind this one. */
  hasNewer(item: T): boolean {
    const chain = this.chainOf.get(item.id);
    return chain?.key != null && chain.items.length > 1;
  }

  /** The item's end is stored: the next one of its claim may start. */
  settled(item: T): void {
    const chain = this.chainOf.get(item.id);
    if (!chain) return;
    this.forget(item);
    chain.items = chain.items.filter((other) => other !== item);
    chain.busy = false;
    if (chain.items.length > 0) this.ready.push(chain);
    else if (chain.key !== null) this.chains.delete(chain.key);
  }

  /** The item will be due later: it and all that wait behind it leave memory; the table has them. */
  postponed(item: T): void {
    const chain = this.chainOf.get(item.id);
    if (!chain) return;
    for (const other of chain.items) this.forget(other);
    chain.items = [];
    chain.busy = false;
    if (chain.key !== null) this.chains.delete(chain.key);
  }

  private chainFor(item: T): Chain<T> {
    if (this.ordering === 'unordered' || item.replayId !== '') return { key: null, items: [], busy: false };
    const known = this.chains.get(item.claimKey);
    if (known) return known;
    const chain: Chain<T> = { key: item.claimKey, items: [], busy: false };
    this.chains.set(item.claimKey, chain);
    return chain;
  }

  private supersede(chain: Chain<T>, item: T): T[] {
    const waiting = chain.items.slice(chain.busy ? 1 : 0);
    if (waiting.some((other) => other.version > item.version)) return [item];
    for (const other of waiting) this.forget(other);
    chain.items = chain.items.slice(0, chain.busy ? 1 : 0);
    return waiting;
  }

  private forget(item: T): void {
    this.chainOf.delete(item.id);
    this.heldBytes -= item.message?.length ?? 0;
  }
}

/** In version order, but never before the item that is under way. */
function insertByVersion<T extends LaneItem>(chain: Chain<T>, item: T): void {
  let at = chain.items.length;
  while (at > (chain.busy ? 1 : 0) && (chain.items[at - 1]?.version ?? 0) > item.version) at -= 1;
  chain.items.splice(at, 0, item);
}
