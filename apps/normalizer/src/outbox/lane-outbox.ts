import { setTimeout as sleep } from 'node:timers/promises';
import { STATE_TOPIC } from '@claimwire/contracts';
import { errorCode, isTransient, RecordTooLargeError, type KafkaPublisher, type PublishRecord } from '@claimwire/kafka';
import { FencedError, type Lane, type LaneStore, type Pool } from '@claimwire/postgres';
import { endSends, startSends, type RootLogger, type Tracing } from '@claimwire/service-host';
import { mayDieAt } from '../fault-points.js';
import type { NormalizerMetrics } from '../metrics.js';
import { readUnsent } from './unsent.repository.js';

export interface OutboxDeps {
  pool: Pool;
  store: LaneStore;
  publisher: Pick<KafkaPublisher, 'publish' | 'publishAll'>;
  metrics: NormalizerMetrics;
  logger: RootLogger;
  tracing: Tracing;
  /** This process. */
  owner: string;
  leaseMs: number;
}

/** No send may still be waiting for its answer when the lease ends; clocks drift less than this in one lease. */
const LEASE_MARGIN_MS = 300;
const LONGEST_SEND_MS = 4_000;
/** A send with less time than this would only fail: renew the lease first. */
const SHORTEST_SEND_MS = 500;
/** How often a taker looks whether the previous holder has released its lease. */
const LEASE_POLL_MS = 100;
const RETRY_MS = 200;
/** How long after the last send an idle lane notes what it has sent. */
const MARK_SENT_MS = 1_000;

/** The state's is made of its claim's key. */
const idForSpan = ({ topic, headers }: PublishRecord): string | undefined =>
  topic === STATE_TOPIC ? undefined : headers.ce_id;

/**
 * Sends a lane's committed messages to Kafka in lane order, while we hold its lease (docs/architecture.md, guarantee 5). claim_events and
 * notices are the outbox: what is numbered above consumer_lanes.sent_seq may not have been sent, and is sent again by
 * whoever takes the lane over, with the same ids.
 */
export class LaneOutbox {
  private leaseUntil = 0;
  private sentSeq: bigint;
  private markedSeq: bigint;
  /** Newest message that we know to be committed. */
  private lastSeq: bigint;
  private sending: Promise<void> = Promise.resolve();
  private marking: NodeJS.Timeout | undefined;
  /** From now on nothing is tried again: the lane is being handed over. */
  private closing = false;
  /** Something is left unsent: whatever comes after it must not be sent by us, nor noted as sent. */
  private stalled = true;

  constructor(
    readonly lane: Lane,
    private readonly deps: OutboxDeps,
    private readonly isOurs: () => boolean,
  ) {
    this.sentSeq = this.markedSeq = lane.sentSeq;
    this.lastSeq = lane.lastSeq;
  }

  /** Waits for the lease, then sends what the previous holder left. Nothing new may be committed before. */
  async open(): Promise<void> {
    await mayDieAt('normalizer.after-claim');
    while (this.goesOn() && !(await this.renewLease())) await sleep(LEASE_POLL_MS);
    while (this.goesOn()) {
      const page = await this.patiently(() => readUnsent(this.deps.pool, this.lane.laneId, this.sentSeq));
      if (!page) {
        this.stalled = false;
        return;
      }
      this.deps.logger.info(
        { laneId: this.lane.laneId, messages: page.records.length },
        'sending what was left unsent',
      );
      if (!(await this.send(page.records, page.upTo))) return;
    }
  }

  /** What the lane's next transaction writes about its outbox, and must find there. */
  advance(): { sentSeq: bigint; lastSeq: bigint; leaseMs: number } {
    return { sentSeq: this.sentSeq, lastSeq: this.lastSeq, leaseMs: this.deps.leaseMs };
  }

  /** @param beganAt performance.now() from before the transaction, which also renewed the lease */
  committed(upTo: bigint, beganAt: number): void {
    this.lastSeq = upTo;
    this.leaseRenewed(beganAt);
  }

  /**
   * At most one send is under way: the next batch is stored meanwhile, and then waits for it here.
   * @throws FencedError when something stays unsent, because the lane is no longer ours
   */
  async idle(): Promise<void> {
    await this.sending;
    if (this.stalled) throw new FencedError(this.lane);
  }

  /** Sends in the background, after `idle`. */
  sendCommitted(records: readonly PublishRecord[], upTo: bigint): void {
    this.deps.metrics.unsent.inc(records.length);
    const spans = startSends(this.deps.tracing, records, idForSpan);
    this.sending = this.send(records, upTo).then((sent) => {
      this.stalled = !sent;
      this.deps.metrics.unsent.dec(records.length);
      endSends(spans, sent ? undefined : 'lane_lost');
    });
  }

  /** Ends what is under way, notes how far it came and releases the lease. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.marking);
    await this.sending;
    await mayDieAt('normalizer.before-release');
    await this.deps.store.markSent(this.lane, this.deps.owner, this.sentSeq, true);
  }

  private leaseRenewed(beganAt: number): void {
    this.leaseUntil = Math.max(this.leaseUntil, beganAt + this.deps.leaseMs);
  }

  private goesOn(): boolean {
    return !this.closing && this.isOurs();
  }

  /** @returns false when the lane is no longer ours: what was not sent is left to the next holder of its lease */
  private async send(records: readonly PublishRecord[], upTo: bigint): Promise<boolean> {
    for (;;) {
      try {
        const deadlineMs = await this.timeForOneSend();
        if (deadlineMs === null) return false;
        await mayDieAt('normalizer.before-publish');
        await this.publish(records, deadlineMs);
        this.noteSent(records, upTo);
        await mayDieAt('normalizer.after-publish');
        return true;
      } catch (error) {
        if (error instanceof FencedError) return false;
        if (!isTransient(error)) throw error;
        this.deps.metrics.publishFailures.inc({ code: errorCode(error) });
        this.deps.logger.warn({ laneId: this.lane.laneId, code: errorCode(error) }, 'outbox not sent, trying again');
        if (!this.goesOn()) return false;
        await sleep(RETRY_MS);
      }
    }
  }

  /** @returns ms that a send may take without outliving the lease, or null when the lane is no longer ours */
  private async timeForOneSend(): Promise<number | null> {
    for (;;) {
      const left = Math.min(this.leaseUntil - performance.now() - LEASE_MARGIN_MS, LONGEST_SEND_MS);
      if (left >= SHORTEST_SEND_MS) return left;
      if (!this.goesOn()) return null;
      if (!(await this.renewLease())) await sleep(LEASE_POLL_MS);
    }
  }

  /** @throws FencedError */
  private async renewLease(): Promise<boolean> {
    const beganAt = performance.now();
    const { store, owner, leaseMs } = this.deps;
    const { waitMs, sentSeq } = await this.patiently(() => store.acquireLease(this.lane, owner, leaseMs));
    if (waitMs > 0) return false;
    this.leaseRenewed(beganAt);
    if (sentSeq > this.sentSeq) this.sentSeq = this.markedSeq = sentSeq;
    return true;
  }

  /** A record that its topic can never take stays in PostgreSQL and is counted; it must not hold up the lane for ever. */
  private async publish(records: readonly PublishRecord[], deadlineMs: number): Promise<void> {
    try {
      await this.deps.publisher.publishAll(records, { deadlineMs });
    } catch (error) {
      if (!(error instanceof RecordTooLargeError)) throw error;
      await Promise.all(records.map((record) => this.publishUnlessTooLarge(record, deadlineMs)));
    }
  }

  private async publishUnlessTooLarge(record: PublishRecord, deadlineMs: number): Promise<void> {
    try {
      await this.deps.publisher.publish(record, { deadlineMs });
    } catch (error) {
      if (!(error instanceof RecordTooLargeError)) throw error;
      this.deps.metrics.unpublishable.inc({ topic: record.topic });
      this.deps.logger.error({ topic: record.topic, id: record.headers.ce_id }, 'message too large for its topic');
    }
  }

  private noteSent(records: readonly PublishRecord[], upTo: bigint): void {
    this.sentSeq = upTo;
    for (const { topic } of records) this.deps.metrics.published.inc({ topic });
    clearTimeout(this.marking);
    if (!this.closing) this.marking = setTimeout(() => void this.markSent(), MARK_SENT_MS);
  }

  /** Best effort: what is not noted as sent is only sent once more by the next holder. */
  private async markSent(): Promise<void> {
    const { sentSeq } = this;
    if (sentSeq === this.markedSeq) return;
    const marked = await this.deps.store.markSent(this.lane, this.deps.owner, sentSeq).catch(() => false);
    if (marked) this.markedSeq = sentSeq;
  }

  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isTransient(error) || !this.goesOn()) throw error;
        await sleep(RETRY_MS);
      }
    }
  }
}
