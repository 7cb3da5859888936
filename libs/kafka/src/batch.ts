import type { Lane } from '@claimwire/postgres';

export interface BatchMessage {
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
  offset: bigint;
  /** Milliseconds since 1970, as the broker or the producer stamped it. */
  timestamp: number;
}

/** Consecutive messages of one partition: all are settled when the handler resolves, none when it throws. */
export interface Batch {
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  messages: BatchMessage[];
  /** The offset after the last message: where the lane stands once this batch is settled. */
  nextOffset: bigint;
  /** Our claim on the partition where the consumer keeps its place in PostgreSQL; advance it in the batch's transaction. */
  lane: Lane | null;
  /** False once the partition may no longer be ours, or the consumer stops: give up waiting then. */
  isRunning(): boolean;
  /** The consumer heartbeats by itself while a handler runs; this asks at once whether we are still a member. */
  heartbeat(): Promise<void>;
}

/** Same, but its lane is there: for consumers that keep their place in PostgreSQL. */
export type LaneBatch = Batch & { lane: Lane };

export type BatchHandler = (batch: Batch) => Promise<void>;
