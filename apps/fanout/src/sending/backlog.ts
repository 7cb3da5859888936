import type { Delivery } from '../lanes/delivery.js';
import type { Lane, Ordering } from '../lanes/lane.js';
import type { Tally } from '../lanes/tally.js';
import type { Refill, RefillQuestion } from './delivery-store.js';

export interface BacklogStore {
  refill(question: RefillQuestion): Promise<Refill>;
}

export interface BacklogPorts {
  store: BacklogStore;
  /** How much more may be in memory. */
  room(): Tally;
  mayRead(): boolean;
  /** The lane has new ones; these were replaced by them (`latest_only`). */
  onFilled(superseded: Delivery[]): void;
  onFailure(error: unknown): void;
}

/** Most deliveries of one webhook in memory, and how few are left when more are read. */
const CAPACITY = 2_048;
const LOW_WATER = CAPACITY / 2;
const RETRY_MS = 1_000;
/** A later time is looked up again: no timer of days. */
const LONGEST_TIMER_MS = 60_000;

/** What came to its end while a refill was under way: what it read may show them as they were. */
interface Ended {
  ids: Set<string>;
  claims: Set<string>;
  /** Replays that were cancelled. */
  replays: Set<string>;
}

const nothingEnded = (): Ended => ({ ids: new Set(), claims: new Set(), replays: new Set() });

/**
 * Between the table and the lane of one webhook. `complete` = every pending delivery is in the lane: only then may a fresh
 * one go straight from memory (docs/architecture.md, guarantee 6), else it waits in the table for its turn.
 */
export class Backlog {
  private complete = false;
  private reading = false;
  /** The last reading found nothing that may start: not before something ends or a time comes. */
  private stalled = false;
  private invalidated = false;
  /** The last reading left some in the table: the next one hardly takes all of them. */
  private isBehind = false;
  private offered: Delivery[] = [];
  private ended = nothingEnded();
  /** Gave way to newer ones and are not stored as that yet: the table still shows them as pending. */
  private readonly leaving = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  private closed = false;

  constructor(
    private readonly webhookId: string,
    private readonly ordering: Ordering,
    private readonly lane: Lane<Delivery>,
    private readonly ports: BacklogPorts,
  ) {}

  invalidate(): void {
    this.complete = false;
    this.stalled = false;
    if (this.reading) this.invalidated = true;
    this.refill();
  }

  /** Whether a fresh one may go from memory. Where not, it waits in the table, and is read from there in its turn. */
  takesFresh(): boolean {
    if (this.complete && this.hasRoom()) return true;
    if (this.reading && !this.isBehind && this.offered.length < CAPACITY) return true;
    this.invalidate();
    return false;
  }

  /** After `takesFresh`. @returns what it replaces in the lane */
  offer(delivery: Delivery): Delivery[] {
    if (this.complete) return this.lane.add(delivery);
    this.stalled = false;
    this.offered.push(delivery);
    return [];
  }

  superseded(delivery: Delivery): void {
    this.leaving.add(delivery.id);
  }

  settled(delivery: Delivery): void {
    this.stalled = false;
    this.leaving.delete(delivery.id);
    if (this.reading) this.ended.ids.add(delivery.id);
  }

  withdraw(replayId: string): void {
    if (this.reading) this.ended.replays.add(replayId);
  }

  /** @param delayMs until it is due again; null = not before the configuration changes */
  postponed(delivery: Delivery, delayMs: number | null): void {
    this.settled(delivery);
    this.complete = false;
    // What waited behind it left memory with it: the reading under way counts that as known.
    if (this.reading) this.invalidated = true;
    if (this.reading && delivery.replayId === '') this.ended.claims.add(delivery.claimKey);
    if (delayMs !== null) this.wakeIn(delayMs);
  }

  /** Reads what is due, if the lane is low and there may be something. */
  refill(): void {
    if (this.complete || this.reading || this.stalled || !this.ports.mayRead()) return;
    if (this.lane.size > LOW_WATER) return;
    const { items, bytes } = this.ports.room();
    const limit = Math.min(CAPACITY - this.lane.size, items);
    if (limit <= 0) return;
    this.reading = true;
    this.invalidated = false;
    this.offered = [];
    this.ended = nothingEnded();
    void this.read(limit, bytes);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private hasRoom(): boolean {
    const { items, bytes } = this.ports.room();
    return this.lane.size < CAPACITY && items > 0 && bytes > 0;
  }

  private async read(limit: number, maxBytes: number): Promise<void> {
    const { webhookId, ordering } = this;
    const known = [...this.lane.ids(), ...this.leaving];
    try {
      const refill = await this.ports.store.refill({ webhookId, ordering, known, limit, maxBytes });
      this.reading = false;
      if (!this.closed) this.ports.onFilled(this.apply(refill));
    } catch (error) {
      this.reading = false;
      this.stalled = true;
      this.ports.onFailure(error);
      if (!this.closed) this.wakeIn(RETRY_MS);
    }
  }

  private apply({ deliveries, hasOthers, nextDueMs }: Refill): Delivery[] {
    const usable = deliveries.filter((delivery) => !this.hasEnded(delivery));
    const superseded = usable.flatMap((delivery) => this.lane.add(delivery));
    const { offered } = this;
    this.offered = [];
    if (nextDueMs !== null) this.wakeIn(nextDueMs);
    this.isBehind = hasOthers;
    this.complete = !hasOthers && !this.invalidated && usable.length === deliveries.length;
    // What ended while the table was read may have let go of what the reading left out.
    const isOutdated = this.invalidated || offered.length > 0 || this.ended.ids.size > 0;
    this.stalled = !this.complete && deliveries.length === 0 && !isOutdated;
    // Stored while the table was read: with the rest in memory they may follow it.
    return this.complete ? [...superseded, ...offered.flatMap((delivery) => this.add(delivery))] : superseded;
  }

  private add(delivery: Delivery): Delivery[] {
    return this.takesFresh() ? this.lane.add(delivery) : [];
  }

  private hasEnded({ id, claimKey, replayId }: Delivery): boolean {
    const { ids, claims, replays } = this.ended;
    return ids.has(id) || (replayId === '' ? claims.has(claimKey) : replays.has(replayId));
  }

  private wakeIn(ms: number): void {
    const at = performance.now() + Math.min(ms, LONGEST_TIMER_MS);
    if (at >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    // A little later than due, so that the database's clock agrees.
    this.timer = setTimeout(() => this.wake(), Math.max(0, at - performance.now()) + 2);
  }

  private wake(): void {
    this.timerAt = Infinity;
    this.invalidate();
  }
}
