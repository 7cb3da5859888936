import type { KafkaPublisher } from '@claimwire/kafka';
import { HUB_NOTICES, type Lane, type LaneStore, type Pool } from '@claimwire/postgres';
import { noticeExhausted } from './exhausted-deliveries.js';
import { hubNoticeRecord } from './hub-notice-record.js';

export interface OutboxParts {
  pool: Pool;
  store: Pick<LaneStore, 'acquireLease' | 'markSent'>;
  publisher: Pick<KafkaPublisher, 'publishAll'>;
  /** This process: a restarted one waits for the lease of the one before. */
  owner: string;
  onFailure: (error: unknown) => void;
}

interface Unsent {
  seq: string;
  message: string;
}

/** Looked at this often: for counted deliveries that are due, and for what a lost notification would have told. */
const ROUND_MS = 1_000;
const LEASE_MS = 10_000;
/** No send outlives the lease that it began under. */
const LONGEST_SEND_MS = 4_000;
const PAGE_SIZE = 500;

/** Nobody claims the lane (that would raise its epoch): the lease alone says who sends. */
const LANE = `select id as "laneId", epoch from consumer_lanes where consumer = $1 and topic = $2 and partition = $3`;
const UNSENT = `select lane_seq as seq, message from notices where lane_id = $1 and lane_seq > $2 order by lane_seq limit ${PAGE_SIZE}`;

/**
 * Sends the hub's own notices to `claims.notices.v1` in the order in which they were committed, from one replica at a time.
 * What is above `sent_seq` is sent again by whoever takes the lease over, with the same ids.
 */
export class NoticeOutbox {
  private running: Promise<void> | null = null;
  private again = false;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: OutboxParts) {}

  start(): void {
    this.timer = setInterval(() => this.wake(), ROUND_MS);
  }

  /** Never two rounds at once: what comes meanwhile is done by one more. */
  wake(): void {
    this.again = true;
    this.running ??= this.runUntilDone().finally(() => (this.running = null));
  }

  /** Ends the round under way and gives the lease to the next one. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.running;
    const lane = await this.lane().catch(() => undefined);
    if (lane) await this.parts.store.markSent(lane, this.parts.owner, 0n, true).catch(this.parts.onFailure);
  }

  private async runUntilDone(): Promise<void> {
    while (this.again && !this.stopping) {
      this.again = false;
      try {
        await noticeExhausted(this.parts.pool);
        await this.sendUnsent();
      } catch (error) {
        this.parts.onFailure(error);
      }
    }
  }

  private async sendUnsent(): Promise<void> {
    const lane = await this.lane();
    if (!lane) return;
    const { pool, store, publisher, owner } = this.parts;
    while (!this.stopping) {
      const { waitMs, sentSeq } = await store.acquireLease(lane, owner, LEASE_MS);
      if (waitMs > 0) return;
      const { rows } = await pool.query<Unsent>(UNSENT, [lane.laneId, String(sentSeq)]);
      const last = rows.at(-1);
      if (!last) return;
      const records = rows.map(({ message }) => hubNoticeRecord(message));
      await publisher.publishAll(records, { deadlineMs: LONGEST_SEND_MS });
      await store.markSent(lane, owner, BigInt(last.seq));
    }
  }

  /** undefined until the first notice is written. */
  private async lane(): Promise<Lane | undefined> {
    const { consumer, topic, partition } = HUB_NOTICES;
    const { rows } = await this.parts.pool.query<{ laneId: number; epoch: string }>(LANE, [consumer, topic, partition]);
    return rows.map(({ laneId, epoch }) => {
      return { ...HUB_NOTICES, laneId, epoch: BigInt(epoch), nextOffset: 0n, lastSeq: 0n, sentSeq: 0n };
    })[0];
  }
}
