import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaPublisher } from '@claimwire/kafka';
import { HUB_NOTICES_CHANNEL, listen } from '@claimwire/postgres';
import type { LaneStore, Listening, Pool } from '@claimwire/postgres';
import {
  directDatabaseUrl,
  Progress,
  type ProgressOptions,
  type RootLogger,
  type Tracing,
} from '@claimwire/service-host';
import type { Dispatcher } from 'undici';
import type { FanoutConfig } from './config.js';
import type { Configuration } from './configuration/configuration.js';
import type { Destination } from './configuration/destination.js';
import { holdWebhook, type HeldStatus, type HoldCause } from './configuration/hold-webhook.js';
import { storeHealth } from './health/webhook-health.js';
import type { Delivery } from './lanes/delivery.js';
import type { Tally } from './lanes/tally.js';
import { LeaseKeeper } from './leases/lease-keeper.js';
import { LeaseStore } from './leases/lease-store.js';
import { BEAT_MS, beat, farewell, ReplicaRoll } from './leases/replica-roll.js';
import type { FanoutMetrics } from './metrics.js';
import { NoticeOutbox } from './notices/notice-outbox.js';
import { Attempter } from './sending/attempter.js';
import { DeliveryStore } from './sending/delivery-store.js';
import { DELIVERIES_CHANNEL } from './sending/insert-deliveries.js';
import type { Held } from './sending/webhook-sender.js';
import { Settler } from './sending/settler.js';

export interface FanoutParts {
  config: FanoutConfig;
  pool: Pool;
  configuration: Configuration;
  dispatcher: Dispatcher;
  lanes: LaneStore;
  publisher: KafkaPublisher;
  metrics: FanoutMetrics;
  logger: RootLogger;
  tracing: Tracing;
  stall: ProgressOptions;
}

/** How often leases are looked after: renewed, taken, given back. */
const ADJUST_MS = 1_000;
/** How often it is stored which webhooks began or ceased to fail. */
const HEALTH_MS = 1_000;
/** Notifications can be lost with their connection: this often the tables are looked at without one. */
const POLL_MS = 5_000;
const RETRY_MS = 500;
const MIB = 1024 ** 2;
/** The rest of the process stops after the sending has. */
const STOP_MARGIN_MS = 1_500;
/** Payload of a wake-up: webhook ids; longer lists go as "", which means all (NOTIFY takes 8 kB). */
const LONGEST_PAYLOAD = 7_000;

type HoldArguments = [status: HeldStatus, cause?: HoldCause];

export const REPLICAS_CHANNEL = 'fanout_replicas';

/** The sending half of the fan-out: leases, lanes, wake-ups. One loop owns what is held; everything else only wakes it. */
export class Fanout {
  private readonly store: DeliveryStore;
  /** Of attempts, which their timeouts bound, and of their outcomes until they are stored. */
  private readonly progress: Progress;
  private readonly settler: Settler;
  private readonly roll: ReplicaRoll;
  private readonly keeper: LeaseKeeper;
  private readonly notices: NoticeOutbox;
  private readonly tally: Tally = { items: 0, bytes: 0 };
  private readonly listening: Listening[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private adjusting: Promise<void> | null = null;
  private again = false;
  private stale = true;
  private stopping = false;
  /** The pool is closed now or soon. */
  private stopped = false;
  private watching: Promise<void> | null = null;

  constructor(private readonly parts: FanoutParts) {
    const { config, pool, dispatcher, metrics, logger } = parts;
    this.progress = new Progress(parts.stall);
    this.notices = new NoticeOutbox({
      pool,
      store: parts.lanes,
      publisher: parts.publisher,
      owner: randomUUID(),
      onFailure: (error) => this.failed('notices', error),
    });
    const attempter = new Attempter(dispatcher, logger, metrics, parts.tracing);
    this.store = new DeliveryStore(pool);
    this.settler = new Settler(this.store, {
      onFailure: (error) => {
        this.progress.moved();
        this.failed('settle', error);
      },
      onStored: (count, seconds) => metrics.settled(count, seconds),
    });
    this.roll = new ReplicaRoll(config.FANOUT_REPLICA);
    this.keeper = new LeaseKeeper({
      store: new LeaseStore(pool, config.FANOUT_REPLICA),
      roll: this.roll,
      leaseMs: config.FANOUT_LEASE_SECONDS * 1000,
      senderPorts: {
        store: this.store,
        attempt: (destination, delivery) =>
          this.progress.during(() => attempter.attempt(destination, delivery), delivery.id),
        settle: (settlement, stored, isAwaited) => {
          const end = this.progress.begin();
          const done = () => {
            end();
            stored();
          };
          this.settler.add(settlement, done, isAwaited);
        },
        hurry: () => this.settler.hurry(),
        hold: (destination, held) => this.hold(destination, held),
        tally: this.tally,
        room: () => ({
          items: config.FANOUT_BUFFERED_DELIVERIES - this.tally.items,
          bytes: config.FANOUT_BUFFERED_MIB * MIB - this.tally.bytes,
        }),
        onFailure: (error) => this.failed('send', error),
      },
    });
    metrics.observe({
      inFlight: () => this.inFlight(),
      waiting: () => this.tally.items - this.inFlight(),
      leases: () => this.keeper.senders.length,
      settling: () => this.settler.pending,
    });
  }

  start(): void {
    const url = directDatabaseUrl(this.parts.config);
    this.listening.push(
      listen(url, 'configuration', () => this.reload()),
      listen(url, DELIVERIES_CHANNEL, (payload) => this.wake(payload)),
      listen(url, REPLICAS_CHANNEL, (payload) => this.hear(payload)),
      listen(url, HUB_NOTICES_CHANNEL, () => this.notices.wake()),
    );
    this.timers.push(
      setInterval(() => this.adjust(), ADJUST_MS),
      setInterval(() => void this.say(beat(this.parts.config.FANOUT_REPLICA)), BEAT_MS),
      setInterval(() => void this.poll(), POLL_MS),
      setInterval(() => this.watch(), HEALTH_MS),
    );
    void this.say(beat(this.parts.config.FANOUT_REPLICA));
    this.adjust();
    this.notices.start();
  }

  /** Starts nothing more, stores what is under way, gives the leases back. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.listening.map((listening) => listening.stop()));
    await this.adjusting;
    this.watch();
    // Attempts that take longer than the grace are left: their leases end by themselves, and they are made again.
    const patience = Math.max(0, this.parts.config.SHUTDOWN_GRACE_MS - STOP_MARGIN_MS);
    const ended = this.keeper.releaseAll().then(() => this.settler.drained());
    const isDone = await Promise.race([ended.then(() => true), sleep(patience, false, { ref: false })]);
    if (!isDone) this.parts.logger.warn('fanout.attempts_left');
    await this.watching;
    await this.notices.stop();
    await this.say(farewell(this.parts.config.FANOUT_REPLICA));
    this.stopped = true;
  }

  liveness(): true | string {
    return this.progress.liveness();
  }

  holds(webhookId: string): boolean {
    return this.keeper.sender(webhookId) !== undefined;
  }

  /**
   * Whether a delivery that was just stored goes to its sender, which first gets the configuration that it was stored by: it
   * may not have heard of that yet, and would send to a webhook that is paused, or as it was before.
   */
  mayOffer(webhookId: string): boolean {
    const sender = this.keeper.sender(webhookId);
    const { loaded } = this.parts.configuration;
    if (!sender || !loaded) return false;
    const destination = loaded.destinations.get(webhookId);
    if (destination === sender.target) return true;
    this.adjust();
    const isActive = destination?.status === 'active' && sender.accepts(destination);
    if (isActive) sender.configure(destination, loaded.look);
    else sender.suspend(loaded.look);
    return isActive;
  }

  /** A delivery that is committed; made only if it goes from memory. */
  offer(webhookId: string, make: () => Delivery): void {
    this.keeper.sender(webhookId)?.offer(make);
  }

  /** The replay was cancelled. */
  withdraw(replayId: string): void {
    for (const sender of this.keeper.senders) sender.withdraw(replayId);
  }

  /** Another process may have stored deliveries before this one got their partition: memory is not the whole any more. */
  invalidateAll(): void {
    for (const sender of this.keeper.senders) sender.invalidate();
  }

  /** Payload that wakes the holders of these webhooks. */
  static wakePayload(webhookIds: readonly string[]): string {
    const payload = webhookIds.join(',');
    return payload.length > LONGEST_PAYLOAD ? '' : payload;
  }

  private inFlight(): number {
    return this.keeper.senders.reduce((sum, sender) => sum + sender.inFlight, 0);
  }

  private wake(payload: string): void {
    if (payload === '') return this.invalidateAll();
    for (const id of payload.split(',')) this.keeper.sender(id)?.invalidate();
  }

  private hear(payload: string): void {
    this.roll.hear(payload, Date.now());
    if (payload.startsWith('-')) this.adjust();
  }

  private async say(payload: string): Promise<void> {
    await this.parts.pool
      .query('select pg_notify($1, $2)', [REPLICAS_CHANNEL, payload])
      .catch((error: unknown) => this.failed('beat', error));
  }

  private reload(): void {
    this.stale = true;
    this.adjust();
  }

  /** Never two at once: what was asked for meanwhile is done by one more round. */
  private adjust(): void {
    this.again = true;
    this.adjusting ??= this.adjustUntilDone().finally(() => (this.adjusting = null));
  }

  private async adjustUntilDone(): Promise<void> {
    while (this.again && !this.stopping) {
      this.again = false;
      try {
        await this.keeper.adjust(await this.look());
      } catch (error) {
        this.failed('adjust', error);
      }
    }
  }

  private async look() {
    const { configuration, pool } = this.parts;
    const known = configuration.loaded;
    if (known && !this.stale) return known;
    this.stale = false;
    try {
      return await configuration.reload(pool);
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }

  private async poll(): Promise<void> {
    try {
      const before = this.parts.configuration.loaded;
      if ((await this.parts.configuration.current(this.parts.pool)) !== before) this.adjust();
      const idle = this.keeper.ids().filter((id) => this.keeper.sender(id)?.buffered === 0);
      for (const id of await this.store.withDue(idle)) this.keeper.sender(id)?.invalidate();
      for (const sender of this.keeper.senders) if (sender.buffered > 0) sender.invalidate();
    } catch (error) {
      this.failed('poll', error);
    }
  }

  private async hold(destination: Destination, { status, reason }: Held): Promise<number> {
    for (;;) {
      try {
        await this.put(destination, status, reason);
        return this.parts.configuration.looksBegun;
      } catch (error) {
        this.failed('hold', error);
        await sleep(RETRY_MS);
      }
    }
  }

  private async put(destination: Destination, ...[status, cause]: HoldArguments): Promise<void> {
    const isHeld = await holdWebhook(this.parts.pool, destination, status, cause);
    if (isHeld) {
      this.parts.metrics.webhookHeld(status);
      this.parts.logger.warn({ tenant: destination.tenant, webhook: destination.id, status, cause }, 'webhook.held');
    }
    this.reload();
  }

  private watch(): void {
    this.watching ??= this.disableFailing()
      .catch((error: unknown) => this.failed('health', error))
      .finally(() => (this.watching = null));
  }

  private async disableFailing(): Promise<void> {
    const failing = await storeHealth(this.parts.pool, this.keeper.senders);
    for (const { target } of failing) await this.put(target, 'disabled', 'failing_only');
  }

  private failed(during: string, error: unknown): void {
    // What was left finds no pool; that something was left has been said, and it is made again.
    if (this.stopped) return;
    this.parts.metrics.failed(during);
    this.parts.logger.error({ err: error, during }, 'fanout.store_failed');
  }
}
