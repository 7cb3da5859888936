import { withValues, type KeptStatement } from './kept-statement.js';
import type { Pool, PoolClient } from './pool.js';

/** A consumer's place on one partition, as PostgreSQL has it: the truth, Kafka's committed offset only shows lag. */
export interface Lane {
  readonly laneId: number;
  readonly consumer: string;
  /** Without the deployment's prefix. */
  readonly topic: string;
  readonly partition: number;
  /** Raised by every claim; a commit with an older one is fenced. */
  readonly epoch: bigint;
  /** First offset that is not settled, when the lane was claimed. */
  readonly nextOffset: bigint;
  /** The cluster's id of the topic that the offset is in; none = not known. */
  readonly topicId?: string | null;
  /** Number of the lane's newest outgoing message, and of the newest known to be sent, when the lane was claimed. */
  readonly lastSeq: bigint;
  readonly sentSeq: bigint;
}

/** Somebody else has claimed the lane since: whatever this process was about to commit is void. */
export class FencedError extends Error {
  readonly code = 'fenced';
  override readonly name = 'FencedError';
  constructor({ consumer, topic, partition, epoch }: Lane) {
    super(`${consumer} lost ${topic}/${partition}: epoch ${epoch} is no longer the current one`);
  }
}

export interface Advance {
  /** How many outgoing messages this transaction adds. */
  messages?: number;
  /** Newest outgoing message known to be on Kafka. */
  sentSeq?: bigint;
  /** Renews the lease to this long from the start of the transaction. */
  leaseMs?: number;
}

export interface LeaseAnswer {
  /** Until the present holder's lease runs out; 0 = the lease is ours. */
  waitMs: number;
  /** Newest outgoing message known to be on Kafka. */
  sentSeq: bigint;
}

interface LaneRow {
  id: number;
  epoch: string;
  next_offset: string;
  topic_id: string | null;
  last_seq: string;
  sent_seq: string;
}

const ADVANCE: KeptStatement = {
  name: 'lane_advance',
  text: `update consumer_lanes set next_offset = $3, last_seq = last_seq + $4, sent_seq = greatest(sent_seq, $5),
      lease_until = case when $6::int is null then lease_until else now() + $6::int * interval '1 ms' end
    where id = $1 and epoch = $2 returning last_seq`,
};

/** Epoch-fenced offsets and leases (docs/architecture.md, guarantees 4 and 5); the table is consumer_lanes. */
export class LaneStore {
  constructor(private readonly pool: Pool) {}

  /**
   * Takes the lane over: from now on a commit of the previous assignee is fenced.
   * @param initialOffset where a lane that was never claimed begins
   * @param topicId the topic's present id; kept where none is known of the lane, and never replaced here
   */
  async claim(
    consumer: string,
    topic: string,
    partition: number,
    initialOffset: bigint,
    topicId: string | null = null,
  ): Promise<Lane> {
    const { rows } = await this.pool.query<LaneRow>(
      `insert into consumer_lanes as lane (consumer, topic, partition, next_offset, topic_id, epoch)
       values ($1, $2, $3, $4, $5, 1)
       on conflict (consumer, topic, partition) do update set epoch = lane.epoch + 1,
         topic_id = coalesce(lane.topic_id, excluded.topic_id)
       returning id, epoch, next_offset, topic_id, last_seq, sent_seq`,
      [consumer, topic, partition, String(initialOffset), topicId],
    );
    const row = rows[0] as LaneRow;
    return {
      laneId: row.id,
      consumer,
      topic,
      partition,
      epoch: BigInt(row.epoch),
      nextOffset: BigInt(row.next_offset),
      topicId: row.topic_id,
      lastSeq: BigInt(row.last_seq),
      sentSeq: BigInt(row.sent_seq),
    };
  }

  /**
   * Moves the lane on, inside the caller's transaction; its row lock is held until the end of it.
   * @returns number of the newest outgoing message, those of this transaction counted
   * @throws FencedError when the lane was claimed by somebody else
   */
  async advance(client: PoolClient, lane: Lane, nextOffset: bigint, change: Advance = {}): Promise<bigint> {
    const { messages = 0, sentSeq = 0n, leaseMs = null } = change;
    const values = [lane.laneId, String(lane.epoch), String(nextOffset), messages, String(sentSeq), leaseMs];
    const { rows } = await client.query<{ last_seq: string }>(withValues(ADVANCE, values, 1));
    return BigInt(this.unlessFenced(lane, rows[0]).last_seq);
  }

  /**
   * Takes or renews the lease under which a lane's outgoing messages are sent.
   * @param owner this process
   * @throws FencedError
   */
  async acquireLease(lane: Lane, owner: string, leaseMs: number): Promise<LeaseAnswer> {
    const { rows } = await this.pool.query<{ ours: boolean; wait_ms: number; sent_seq: string }>(
      `update consumer_lanes set
         owner = case when owner = $3 or owner is null or lease_until <= now() then $3 else owner end,
         lease_until = case when owner = $3 or owner is null or lease_until <= now()
           then now() + $4::int * interval '1 ms' else lease_until end
       where id = $1 and epoch = $2
       returning owner = $3 as ours, sent_seq,
         ceil(extract(epoch from lease_until - now()) * 1000)::int as wait_ms`,
      [lane.laneId, String(lane.epoch), owner, leaseMs],
    );
    const row = this.unlessFenced(lane, rows[0]);
    return { waitMs: row.ours ? 0 : Math.max(row.wait_ms, 1), sentSeq: BigInt(row.sent_seq) };
  }

  /**
   * Notes that outgoing messages up to `sentSeq` are on Kafka. The right to say so is the lease, not the epoch: a successor
   * that has claimed the lane already waits for the lease and reads the note then.
   * @param release ends the lease before its time, so that the successor need not wait
   * @returns false when the lease is another's by now
   */
  async markSent({ laneId }: Lane, owner: string, sentSeq: bigint, release = false): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update consumer_lanes set sent_seq = greatest(sent_seq, $3),
         lease_until = case when $4 then now() else lease_until end
       where id = $1 and owner = $2`,
      [laneId, owner, String(sentSeq), release],
    );
    return rowCount === 1;
  }

  private unlessFenced<T>(lane: Lane, row: T | undefined): T {
    if (row === undefined) throw new FencedError(lane);
    return row;
  }
}
