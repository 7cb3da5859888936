import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { BatchMessage } from './batch.js';
import type { KafkaHandle } from './kafka-handle.js';
import { sliceBatch } from './slice-batch.js';

const TIMEOUT_MS = 15_000;

export interface MessagePlace {
  partition: number;
  offset: bigint;
}

/**
 * Reads one message by its place, for example a quarantined one that is to be retried: `readMessages` of one.
 * @returns null when the log no longer holds the offset
 */
export async function readMessage(
  handle: KafkaHandle,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<BatchMessage | null> {
  const [message] = await readMessages(handle, topic, [{ partition, offset }]);
  return message ?? null;
}

/**
 * Reads messages of one topic by their places. Joins a throw-away group, since kafkajs reads in no other way: for requests
 * of an operator, never on a hot path. All of them are in memory at once.
 * @param topic without the deployment's prefix
 * @returns in the order of `places`; null where the log no longer holds the offset
 * @throws when the broker does not deliver them within 15 s
 */
export async function readMessages(
  handle: KafkaHandle,
  topic: string,
  places: readonly MessagePlace[],
): Promise<(BatchMessage | null)[]> {
  const wanted = new Wanted(await placesInLog(handle, topic, places));
  if (wanted.isEmpty()) return places.map(() => null);
  const groupId = handle.groupId(`read-${randomUUID()}`);
  const consumer = handle.consumer(groupId, { maxWaitMs: 100 });
  await consumer.connect();
  try {
    await receive(consumer, handle.topic(topic), wanted);
  } finally {
    await consumer.disconnect();
    await handle.withAdmin((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
  return places.map((place) => wanted.found.get(keyOf(place)) ?? null);
}

const keyOf = ({ partition, offset }: MessagePlace): string => `${partition}/${offset}`;

async function placesInLog(handle: KafkaHandle, topic: string, places: readonly MessagePlace[]) {
  const offsets = await handle.withAdmin((admin) => admin.fetchTopicOffsets(handle.topic(topic)));
  const logs = new Map(offsets.map((log) => [log.partition, log]));
  return places.filter(({ partition, offset }) => {
    const log = logs.get(partition);
    return log !== undefined && BigInt(log.low) <= offset && offset < BigInt(log.high);
  });
}

/** What is still to be read, by partition in order, and what was. */
class Wanted {
  readonly found = new Map<string, BatchMessage>();
  private readonly open = new Map<number, bigint[]>();

  constructor(places: readonly MessagePlace[]) {
    const sorted = [...places].sort((a, b) => (a.offset < b.offset ? -1 : 1));
    for (const [partition, of] of Map.groupBy(sorted, (place) => place.partition)) {
      this.open.set(partition, [...new Set(of.map(({ offset }) => offset))]);
    }
  }

  isEmpty(): boolean {
    return this.open.size === 0;
  }

  partitions(): number[] {
    return [...this.open.keys()];
  }

  next(partition: number): bigint | undefined {
    return this.open.get(partition)?.[0];
  }

  /** Takes from a fetched batch what is wanted of it; an offset that the batch passes over is gone from the log. */
  take({ batch }: Pick<EachBatchPayload, 'batch'>): void {
    const open = this.open.get(batch.partition);
    const first = open?.[0];
    if (!open || first === undefined) return;
    for (const messages of sliceBatch(batch.messages, first, batch.messages.length)) {
      for (const message of messages) {
        while (open[0] !== undefined && open[0] < message.offset) open.shift();
        if (open[0] !== message.offset) continue;
        this.found.set(keyOf({ partition: batch.partition, offset: message.offset }), message);
        open.shift();
      }
    }
    while (open[0] !== undefined && open[0] <= BigInt(batch.lastOffset())) open.shift();
    if (open.length === 0) this.open.delete(batch.partition);
  }
}

async function receive(consumer: Consumer, topic: string, wanted: Wanted): Promise<void> {
  await consumer.subscribe({ topics: [topic] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('messages were not delivered in time')), TIMEOUT_MS);
  const seekNext = (partition: number) =>
    consumer.seek({ topic, partition, offset: String(wanted.next(partition) ?? 0n) });
  consumer.on(consumer.events.GROUP_JOIN, () => wanted.partitions().forEach(seekNext));
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  try {
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        const { partition } = payload.batch;
        wanted.take(payload);
        if (wanted.isEmpty()) resolve();
        else if (wanted.next(partition) === undefined) consumer.pause([{ topic, partitions: [partition] }]);
        else seekNext(partition);
      },
    });
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
