import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { BatchMessage } from './batch.js';
import type { KafkaHandle } from './kafka-handle.js';
import { sliceBatch } from './slice-batch.js';

/** Messages of one partition from `from` on, before `to`. */
export interface LogPart {
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

/** Consecutive messages of one partition. */
export interface LogPiece {
  topic: string;
  partition: number;
  messages: BatchMessage[];
}

/** So long without a message is an outage; joining the group and a rebalance count. */
const SILENCE_MS = 60_000;

const keyOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;

/**
 * Reads parts of logs once, each partition in order, and hands them over piece by piece, the next one after `take` resolved:
 * memory stays flat. In a throw-away group that commits nothing, so no consumer notices. For an operator's command.
 * @param signal aborted = stop after the present piece
 * @throws what `take` throws; when the broker delivers nothing for a minute
 */
export async function readLog(
  handle: KafkaHandle,
  parts: readonly LogPart[],
  take: (piece: LogPiece) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const open = new Map(parts.filter(({ from, to }) => from < to).map((part) => [keyOf(part), part]));
  if (open.size === 0) return;
  const groupId = handle.groupId(`read-${randomUUID()}`);
  const consumer = handle.consumer(groupId);
  await consumer.connect();
  try {
    await new LogReader(handle, consumer, open, take, signal).run();
  } finally {
    await consumer.disconnect();
    await handle.withAdmin((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

class LogReader {
  private readonly finished = Promise.withResolvers<void>();
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly handle: KafkaHandle,
    private readonly consumer: Consumer,
    private readonly open: Map<string, LogPart>,
    private readonly take: (piece: LogPiece) => Promise<void>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async run(): Promise<void> {
    const topics = new Set([...this.open.values()].map(({ topic }) => this.handle.topic(topic)));
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    // A member that joins anew starts at the beginning: it goes on where we were.
    this.consumer.on(this.consumer.events.GROUP_JOIN, () => this.open.forEach((part) => this.seek(part)));
    this.consumer.on(this.consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.finished.reject(payload.error);
    });
    this.listenForSilence();
    try {
      await this.consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.onBatch(payload),
      });
      await this.finished.promise;
    } finally {
      clearTimeout(this.silence);
    }
  }

  private async onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const at = { topic: this.handle.withoutPrefix(batch.topic), partition: batch.partition };
    const part = this.open.get(keyOf(at));
    if (!part) return this.consumer.pause([{ topic: batch.topic, partitions: [batch.partition] }]);
    try {
      for (const slice of sliceBatch(batch.messages, part.from, batch.messages.length)) {
        const messages = slice.filter(({ offset }) => offset < part.to);
        if (messages.length > 0) await this.take({ ...at, messages });
      }
      await payload.heartbeat();
    } catch (error) {
      this.finished.reject(error);
      return;
    }
    this.listenForSilence();
    payload.resolveOffset(batch.lastOffset());
    this.settle(part, BigInt(batch.lastOffset()) + 1n);
  }

  private settle(part: LogPart, from: bigint): void {
    if (from < part.to) {
      this.open.set(keyOf(part), { ...part, from });
    } else {
      this.open.delete(keyOf(part));
      this.consumer.pause([{ topic: this.handle.topic(part.topic), partitions: [part.partition] }]);
    }
    if (this.open.size === 0 || this.signal?.aborted) this.finished.resolve();
  }

  private seek({ topic, partition, from }: LogPart): void {
    this.consumer.seek({ topic: this.handle.topic(topic), partition, offset: String(from) });
  }

  private listenForSilence(): void {
    clearTimeout(this.silence);
    const error = Object.assign(new Error('the broker delivers nothing'), { code: 'ETIMEDOUT' });
    this.silence = setTimeout(() => this.finished.reject(error), SILENCE_MS);
  }
}
