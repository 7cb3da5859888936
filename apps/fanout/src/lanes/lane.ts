import { Fifo } from './fifo.js';
import type { Tally } from './tally.js';

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
  isReplay: boolean;
}

/**
 * The deliveries of one webhook that are due and in memory. Pure: decides what may start, starts nothing.
 *
 * - At most `concurrency` items are between `take` and `answered`.
 * - Of one claim, at most one item is between `take` and `settled`/`postponed`, and items start in version order.
 * - Replays know no order; they start when nothing live may, in at most half of the places.
 * - `latest_only`: an item that waits gives way to a newer one of its claim.
 */
export class Lane<T extends LaneItem> {
  private readonly chains = new Map<string, Chain<T>>();
  private readonly chainOf = new Map<string, Chain<T>>();
  private readonly ready = new Fifo<Chain<T>>();
  private readonly replays = new Fifo<Chain<T>>();
  private running = 0;
  private replaying = 0;
  private heldBytes = 0;

  constructor(
    private ordering: Ordering,
    private concurrency: number,
    private readonly tally: Tally = { items: 0, bytes: 0 },
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
    this.count(item, 1);
    if (wasEmpty && !chain.busy) this.queueOf(chain).push(chain);
    return superseded;
  }

  /** The next item that may start, now counted as in flight; null while there is none. */
  take(): T | null {
    if (this.running >= this.concurrency) return null;
    const live = this.start(this.ready);
    if (live || this.replaying >= Math.max(1, this.concurrency >> 1)) return live;
    const replay = this.start(this.replays);
    if (replay) this.replaying += 1;
    return replay;
  }

  /** The HTTP exchange ended: its place is free, its claim is not yet. */
  answered(item?: T): void {
    this.running -= 1;
    if (item && item.replayId !== '') this.replaying -= 1;
  }

  /** True when a newer item of the claim waits behind this one. */
  hasNewer(item: T): boolean {
    const chain = this.chainOf.get(item.id);
    return chain?.key != null && chain.items.length > 1;
  }

  /** True when an older item of the claim must end first. */
  waitsBehind(item: T): boolean {
    const chain = this.chainOf.get(item.id);
    return chain !== undefined && chain.items[0] !== item;
  }

  /** The item's end is stored: the next one of its claim may start. */
  settled(item: T): void {
    const chain = this.chainOf.get(item.id);
    if (!chain) return;
    this.forget(item);
    chain.items = chain.items.filter((other) => other !== item);
    chain.busy = false;
    if (chain.items.length > 0) this.queueOf(chain).push(chain);
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

  /** Takes out what waits of a replay. @returns it */
  withdraw(replayId: string): T[] {
    const waiting = [...this.chainOf.values()].filter(
      (chain) => chain.isReplay && !chain.busy && chain.items[0]?.replayId === replayId,
    );
    return waiting.flatMap((chain) => {
      for (const item of chain.items) this.forget(item);
      return chain.items.splice(0);
    });
  }

  /** Lets go of everything: somebody else goes on with it from the table. */
  clear(): void {
    for (const chain of new Set(this.chainOf.values())) for (const item of chain.items) this.forget(item);
    this.chains.clear();
  }

  private start(queue: Fifo<Chain<T>>): T | null {
    for (let chain = queue.shift(); chain; chain = queue.shift()) {
      const item = chain.items[0];
      if (chain.busy || !item) continue;
      chain.busy = true;
      this.running += 1;
      return item;
    }
    return null;
  }

  private queueOf(chain: Chain<T>): Fifo<Chain<T>> {
    return chain.isReplay ? this.replays : this.ready;
  }

  private chainFor(item: T): Chain<T> {
    const isReplay = item.replayId !== '';
    if (this.ordering === 'unordered' || isReplay) return { key: null, items: [], busy: false, isReplay };
    const known = this.chains.get(item.claimKey);
    if (known) return known;
    const chain: Chain<T> = { key: item.claimKey, items: [], busy: false, isReplay };
    this.chains.set(item.claimKey, chain);
    return chain;
  }

  private supersede(chain: Chain<T>, item: T): T[] {
    // Also after a newer one that is under way: it would arrive later.
    if (chain.items.some((other) => other.version > item.version)) return [item];
    const waiting = chain.items.slice(chain.busy ? 1 : 0);
    for (const other of waiting) this.forget(other);
    chain.items = chain.items.slice(0, chain.busy ? 1 : 0);
    return waiting;
  }

  private forget(item: T): void {
    if (!this.chainOf.delete(item.id)) return;
    this.count(item, -1);
  }

  private count({ message }: T, change: 1 | -1): void {
    const bytes = change * (message?.length ?? 0);
    this.heldBytes += bytes;
    this.tally.items += change;
    this.tally.bytes += bytes;
  }
}

/** In version order, but never before the item that is under way. */
function insertByVersion<T extends LaneItem>(chain: Chain<T>, item: T): void {
  let at = chain.items.length;
  while (at > (chain.busy ? 1 : 0) && (chain.items[at - 1]?.version ?? 0) > item.version) at -= 1;
  chain.items.splice(at, 0, item);
}
