import { faultPoint } from '@claimwire/service-host';
import type { Destination } from '../configuration/destination.js';
import { FailingSpell } from '../health/failing-spell.js';
import type { Delivery } from '../lanes/delivery.js';
import { Lane } from '../lanes/lane.js';
import { FailurePace } from '../lanes/failure-pace.js';
import { RateGate } from '../lanes/rate-gate.js';
import type { Tally } from '../lanes/tally.js';
import type { Outcome } from '../policy/decide-outcome.js';
import type { Attempted } from './attempter.js';
import { Backlog } from './backlog.js';
import type { BacklogStore } from './backlog.js';
import type { AttemptRecord, Settlement } from './settlement.js';

export type Held = Extract<Outcome, { type: 'hold' }>;

/** What a sender needs of the rest. */
export interface SenderPorts {
  store: BacklogStore;
  attempt(destination: Destination, delivery: Delivery): Promise<Attempted>;
  /** @param isAwaited something of this sender can only go on when it is stored */
  settle(settlement: Settlement, stored: () => void, isAwaited: boolean): void;
  /** Something waits now for an outcome that was given to `settle`. */
  hurry(): void;
  /** Puts the webhook to its new status; resolves with the number of the last look at the configuration that may not show it. */
  hold(destination: Destination, held: Held): Promise<number>;
  /** What all lanes together hold. */
  tally: Tally;
  /** How much more they may take into memory. */
  room(): Tally;
  onFailure(error: unknown): void;
}

/** An attempt must end this long before the lease: a pause of the process between check and send is covered by it. */
const LEASE_MARGIN_MS = 500;
const LEAST_BYTES = 64 * 1024;
/** Answered and not stored yet: what a crash would send twice. A webhook with more places may have as many. */
const MOST_UNSTORED = 256;

/**
 * Sends for one webhook while this replica holds its lease: starts what the lane allows, stores what came of it, and takes
 * from the table what is due.
 */
export class WebhookSender {
  private readonly lane: Lane<Delivery>;
  private readonly backlog: Backlog;
  private readonly gate: RateGate;
  private readonly pace = new FailurePace();
  private gateTimer: NodeJS.Timeout | undefined;
  readonly spell = new FailingSpell();
  /** While the webhook is to be held: until a look after this one shows it active. */
  private heldUntilLook: number | null = null;
  private closing = false;
  /** Taken from the lane, and their end is not stored. */
  private unsettled = 0;
  private onIdle: (() => void) | undefined;

  /**
   * @param leaseUntil by performance.now()
   * @param lastStart when somebody else may have started an attempt at last, by performance.now()
   */
  constructor(
    private destination: Destination,
    private leaseUntil: number,
    private readonly ports: SenderPorts,
    lastStart = -Infinity,
  ) {
    this.gate = new RateGate(destination.rateLimit, lastStart);
    this.lane = new Lane(destination.ordering, destination.concurrency, ports.tally);
    this.backlog = new Backlog(destination.id, destination.ordering, this.lane, {
      store: ports.store,
      room: () => this.room(),
      mayRead: () => !this.closing && this.heldUntilLook === null,
      onFilled: (superseded) => this.onFilled(superseded),
      onFailure: (error) => ports.onFailure(error),
    });
    this.backlog.invalidate();
  }

  /** As it is configured now. */
  get target(): Destination {
    return this.destination;
  }

  get inFlight(): number {
    return this.lane.inFlight;
  }

  get buffered(): number {
    return this.lane.size;
  }

  /** A sender's order cannot change under it. */
  accepts({ ordering }: Destination): boolean {
    return ordering === this.destination.ordering;
  }

  renew(leaseUntil: number): void {
    this.leaseUntil = leaseUntil;
    this.pump();
  }

  /** @param look number of the look at the configuration that showed `destination` */
  configure(destination: Destination, look: number): void {
    this.destination = destination;
    this.lane.resize(destination.concurrency);
    this.gate.resize(destination.rateLimit, performance.now());
    if (this.heldUntilLook !== null && look > this.heldUntilLook) {
      this.heldUntilLook = null;
      this.backlog.invalidate();
    }
    this.pump();
  }

  /** Starts and reads nothing until a look after this one shows the webhook active. */
  suspend(look: number): void {
    this.heldUntilLook = Math.max(this.heldUntilLook ?? 0, look);
  }

  /** One that this process has just stored; it is made only if it goes from memory, else it waits in the table. */
  offer(make: () => Delivery): void {
    if (!this.backlog.takesFresh()) return;
    const delivery = make();
    this.onFilled(this.backlog.offer(delivery));
    if (this.lane.waitsBehind(delivery)) this.ports.hurry();
  }

  /** The table may hold what this process knows nothing of. */
  invalidate(): void {
    this.backlog.invalidate();
  }

  /** The replay was cancelled: what waits of it is not sent. */
  withdraw(replayId: string): void {
    const withdrawn = this.lane.withdraw(replayId);
    this.backlog.withdraw(replayId);
    for (const delivery of withdrawn) this.backlog.settled(delivery);
    this.pump();
  }

  /** Starts nothing more; resolves when what is under way is stored. */
  async close(): Promise<void> {
    this.closing = true;
    this.backlog.close();
    // What waits is the next holder's; what is under way needs no place in the lane any more.
    this.lane.clear();
    clearTimeout(this.gateTimer);
    if (this.unsettled === 0) return;
    this.ports.hurry();
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  private pump(): void {
    while (this.mayStart()) {
      const delivery = this.lane.take();
      if (!delivery) break;
      const now = performance.now();
      this.gate.started(now);
      this.pace.started(now);
      this.unsettled += 1;
      void this.send(delivery);
    }
    this.backlog.refill();
  }

  /** Full memory leaves each webhook enough to be sent to. */
  private room(): Tally {
    const { items, bytes } = this.ports.room();
    const least = this.destination.concurrency - this.lane.size;
    return { items: Math.max(items, least), bytes: Math.max(bytes, LEAST_BYTES) };
  }

  private mayStart(): boolean {
    if (this.closing || this.heldUntilLook !== null) return false;
    if (this.unsettled - this.lane.inFlight >= Math.max(MOST_UNSTORED, this.destination.concurrency)) return false;
    const now = performance.now();
    if (now + this.destination.timeoutMs + LEASE_MARGIN_MS >= this.leaseUntil) return false;
    const waitMs = Math.max(this.gate.waitMs(now), this.pace.waitMs(now));
    if (waitMs > 0) this.pumpIn(waitMs);
    return waitMs === 0;
  }

  private pumpIn(ms: number): void {
    this.gateTimer ??= setTimeout(() => {
      this.gateTimer = undefined;
      this.pump();
    }, Math.ceil(ms));
  }

  private async send(delivery: Delivery): Promise<void> {
    const { destination } = this;
    await faultPoint('fanout.before-attempt');
    const { outcome, attempt } = await this.ports.attempt(destination, delivery);
    await faultPoint('fanout.after-attempt');
    this.lane.answered(delivery);
    this.note(outcome, attempt);
    if (outcome.type === 'hold') this.heldUntilLook ??= Infinity;
    const isReplaced =
      outcome.type === 'retry' && destination.ordering === 'latest_only' && this.lane.hasNewer(delivery);
    const settlement = { delivery, attempt, outcome: isReplaced ? ({ type: 'superseded' } as const) : outcome };
    const isAwaited = outcome.type !== 'delivered' || this.lane.hasNewer(delivery) || this.closing;
    this.ports.settle(settlement, () => this.stored(settlement, destination), isAwaited);
    this.pump();
  }

  /** A 401 and a 410 say something else than that the webhook fails, and have their own consequence. */
  private note({ type }: Outcome, { at }: AttemptRecord): void {
    if (type === 'delivered' || type === 'rejected') {
      this.spell.well();
      this.pace.well();
    }
    if (type === 'retry' || type === 'exhausted') {
      this.spell.failed(at);
      this.pace.failed();
    }
  }

  private stored({ delivery, outcome }: Settlement, destination: Destination): void {
    this.unsettled -= 1;
    if (outcome.type === 'retry' || outcome.type === 'hold') {
      this.lane.postponed(delivery);
      this.backlog.postponed(delivery, outcome.type === 'retry' ? outcome.delayMs : null);
    } else {
      this.lane.settled(delivery);
      this.backlog.settled(delivery);
    }
    if (outcome.type === 'hold') void this.hold(destination, outcome);
    if (this.unsettled === 0) this.onIdle?.();
    this.pump();
  }

  private async hold(destination: Destination, held: Held): Promise<void> {
    this.heldUntilLook = await this.ports.hold(destination, held);
  }

  private onFilled(superseded: Delivery[]): void {
    for (const delivery of superseded) {
      this.unsettled += 1;
      this.backlog.superseded(delivery);
      const stored = () => {
        this.unsettled -= 1;
        this.backlog.settled(delivery);
        if (this.unsettled === 0) this.onIdle?.();
        this.pump();
      };
      this.ports.settle({ delivery, outcome: { type: 'superseded' }, attempt: null }, stored, false);
    }
    this.pump();
  }
}
