import type { SeekEntry } from 'kafkajs';
import type { KafkaHandle } from './kafka-handle.js';

export interface LogRange {
  /** Offset of the oldest message that the log still holds. */
  low: bigint;
  /** Offset that the next message will get. */
  high: bigint;
}

/** By partition. @param topic without the deployment's prefix. @throws while the broker cannot be reached */
export async function logRanges(handle: KafkaHandle, topic: string): Promise<Map<number, LogRange>> {
  const log = await handle.withAdmin((admin) => admin.fetchTopicOffsets(handle.topic(topic)));
  return new Map(log.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
}

/**
 * By partition, the first offset whose message is not older than that; the log's end where all are.
 * @param topic without the deployment's prefix
 * @throws while the broker cannot be reached
 */
export async function offsetsAt(handle: KafkaHandle, topic: string, timestampMs: number): Promise<Map<number, bigint>> {
  const offsets: SeekEntry[] = await handle.withAdmin((admin) =>
    admin.fetchTopicOffsetsByTimestamp(handle.topic(topic), timestampMs),
  );
  return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
