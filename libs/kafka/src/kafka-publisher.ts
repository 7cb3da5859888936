import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import { isTooLarge, isTransient } from './classify-error.js';
import { PublishTimeoutError, RecordTooLargeError } from './errors.js';
import type { KafkaHandle } from './kafka-handle.js';
import { partitionFor } from './partition-for.js';
import { planSend } from './plan-send.js';
import {
  BATCH_OVERHEAD_BYTES,
  maxTopicBytes,
  recordBytes,
  type PublishRecord,
  type PublishResult,
} from './publish-record.js';
import { sendBefore } from './send-deadline.js';

export interface PublisherOptions {
  /** How long a record may wait for its acknowledgement, all retries included. */
  deadlineMs?: number;
  /** Upper bound of a record batch, which is all of one partition in one send. */
  maxBatchBytes?: number;
  /** How long the first record of an idle publisher waits for company. 0 = only for what is published in the same tick. */
  lingerMs?: number;
  /** Told of each record how long it took from `publish` until it was acknowledged or given up, in milliseconds. */
  onSettled?: (elapsedMs: number) => void;
}

interface Entry {
  topic: string;
  key: Buffer;
  value: Buffer | string | null;
  headers: Record<string, string>;
  partition: number | null;
  bytes: number;
  expiresAt: number;
  deadlineMs: number;
  settled: boolean;
  done(error: Error | null, partition: number, offset: number): void;
}

const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 500;
/** Partition and offset of what was not stored. */
const NOWHERE = -1;
/** How often deadlines are looked at while records wait. */
const EXPIRY_CHECK_MS = 20;

/**
 * One serialised sender: what is published while a send is under way goes out together in the next one. Never two sends in
 * flight, acks from all in-sync replicas, retried until each record's deadline (STACK says why).
 */
export class KafkaPublisher {
  private readonly deadlineMs: number;
  private readonly maxBatchBytes: number;
  private readonly lingerMs: number;
  private readonly onSettled: PublisherOptions['onSettled'];
  private producer: Producer | null = null;
  private connecting: Promise<Producer> | null = null;
  private queue: Entry[] = [];
  private inFlight: Entry[] = [];
  private active = false;
  private running: Promise<void> = Promise.resolve();
  private expiry: NodeJS.Timeout | undefined;
  private lastError: unknown;
  private stopped = false;

  constructor(
    private readonly handle: KafkaHandle,
    { deadlineMs = 4_000, maxBatchBytes = 900_000, lingerMs = 0, onSettled }: PublisherOptions = {},
  ) {
    this.deadlineMs = deadlineMs;
    this.maxBatchBytes = maxBatchBytes;
    this.lingerMs = lingerMs;
    this.onSettled = onSettled;
  }

  /** Begins to connect and returns at once: a broker that is down at start is only a reason to try again later. */
  async start(): Promise<void> {
    void this.connected().catch(() => undefined);
  }

  isConnected(): boolean {
    return this.producer !== null;
  }

  /** Records accepted and not yet settled. */
  get waiting(): number {
    return this.queue.length + this.inFlight.length;
  }

  /**
   * @throws RecordTooLargeError at once if the topic can never take it; PublishTimeoutError after the deadline (it may have
   * landed all the same)
   */
  publish(record: PublishRecord, { deadlineMs = this.deadlineMs } = {}): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      const done: Entry['done'] = (error, partition, offset) =>
        error ? reject(error) : resolve({ partition, offset: String(offset) });
      this.enqueue(record, deadlineMs, performance.now(), done);
    });
  }

  /** All of them, records of one key in the order given. @throws the first error, after every record is settled */
  publishAll(records: readonly PublishRecord[], { deadlineMs = this.deadlineMs } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      let open = records.length;
      let failure: Error | null = null;
      if (open === 0) return resolve();
      const done = (error: Error | null) => {
        failure ??= error;
        open -= 1;
        if (open > 0) return;
        if (failure) reject(failure);
        else resolve();
      };
      const now = performance.now();
      for (const record of records) this.enqueue(record, deadlineMs, now, done);
    });
  }

  /** Sends what is waiting (each until its deadline), then disconnects. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    const { producer } = this;
    this.producer = null;
    await producer?.disconnect();
  }

  private enqueue(record: PublishRecord, deadlineMs: number, now: number, done: Entry['done']): void {
    const key = Buffer.from(record.key);
    const { topic, value, headers } = record;
    const bytes = recordBytes(key, value, headers);
    if (this.stopped) return done(new Error('the publisher is stopped'), NOWHERE, NOWHERE);
    if (bytes + BATCH_OVERHEAD_BYTES > maxTopicBytes(topic)) {
      return done(new RecordTooLargeError(topic, bytes), NOWHERE, NOWHERE);
    }
    const expiresAt = now + deadlineMs;
    this.queue.push({
      topic,
      key,
      value,
      headers,
      partition: null,
      bytes,
      expiresAt,
      deadlineMs,
      settled: false,
      done,
    });
    this.expiry ??= setInterval(() => this.expire(), EXPIRY_CHECK_MS);
    if (this.active) return;
    this.active = true;
    this.running = this.run();
  }

  private async run(): Promise<void> {
    await (this.lingerMs > 0 ? sleep(this.lingerMs) : new Promise((resolve) => setImmediate(resolve)));
    let idleTurns = 0;
    while (this.queue.length > 0) {
      await this.assignPartitions();
      const { send, wait } = planSend(this.queue, this.maxBatchBytes);
      this.queue = wait;
      await this.deliver(send);
      idleTurns = send.length > 0 ? 0 : idleTurns + 1;
      if (idleTurns > 0) await sleep(backoffMs(idleTurns));
    }
    clearInterval(this.expiry);
    this.expiry = undefined;
    // In the same step as the last look at the queue, else a record enqueued in between would wake nobody.
    this.active = false;
  }

  /** A topic that cannot be looked up keeps only its own records waiting. */
  private async assignPartitions(): Promise<void> {
    const counts = new Map<string, number>();
    for (const entry of this.queue) {
      if (entry.partition !== null) continue;
      if (!counts.has(entry.topic)) counts.set(entry.topic, await this.partitionCount(entry.topic));
      const count = counts.get(entry.topic) ?? 0;
      if (count > 0) entry.partition = partitionFor(entry.key, count);
    }
  }

  private async partitionCount(topic: string): Promise<number> {
    try {
      return await this.handle.partitionCount(topic);
    } catch (error) {
      this.lastError = error;
      return 0;
    }
  }

  private async deliver(entries: Entry[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.inFlight = entries = entries.filter(({ settled }) => !settled);
      if (entries.length === 0) return;
      try {
        this.settle(entries, await this.send(entries));
        this.inFlight = [];
        return;
      } catch (error) {
        this.lastError = error;
        if (isTooLarge(error)) return this.isolate(entries);
        if (!isTransient(error)) return this.refuse(entries, error as Error);
        await sleep(backoffMs(attempt));
      }
    }
  }

  /** The broker takes less than we thought: halves, in order, until the one that is too large stands alone. */
  private async isolate(entries: Entry[]): Promise<void> {
    const [only] = entries;
    if (entries.length === 1 && only) return this.refuse(entries, new RecordTooLargeError(only.topic, only.bytes));
    const half = Math.ceil(entries.length / 2);
    await this.deliver(entries.slice(0, half));
    await this.deliver(entries.slice(half));
  }

  private async send(entries: Entry[]): Promise<RecordMetadata[]> {
    const producer = await this.connected();
    const earliest = entries.reduce((least, { expiresAt }) => Math.min(least, expiresAt), Infinity);
    return sendBefore(earliest, () => producer.sendBatch({ acks: -1, topicMessages: this.groupByTopic(entries) }));
  }

  private groupByTopic(entries: Entry[]): TopicMessages[] {
    const groups = new Map<string, TopicMessages>();
    for (const { topic, key, value, headers, partition } of entries) {
      let group = groups.get(topic);
      if (!group) groups.set(topic, (group = { topic: this.handle.topic(topic), messages: [] }));
      group.messages.push({ key, value, headers, partition: partition ?? undefined });
    }
    return [...groups.values()];
  }

  /** The broker answers with the first offset of each partition's batch; ours follow in the order sent. */
  private settle(entries: Entry[], metadata: RecordMetadata[]): void {
    const next = new Map<string, number[]>();
    for (const { topicName, partition, baseOffset } of metadata) {
      const topic = this.handle.withoutPrefix(topicName);
      const offsets = next.get(topic) ?? [];
      offsets[partition] = Number(baseOffset ?? NOWHERE);
      next.set(topic, offsets);
    }
    const now = performance.now();
    for (const entry of entries) {
      const partition = entry.partition ?? NOWHERE;
      const offsets = next.get(entry.topic) ?? [];
      const offset = offsets[partition] ?? NOWHERE;
      offsets[partition] = offset + 1;
      if (!entry.settled) this.finish(entry, now, null, partition, offset);
    }
  }

  private refuse(entries: Entry[], error: Error): void {
    const now = performance.now();
    for (const entry of entries) if (!entry.settled) this.finish(entry, now, error);
    this.inFlight = [];
  }

  private expire(): void {
    const now = performance.now();
    let expired = false;
    for (const entry of [...this.inFlight, ...this.queue]) {
      if (entry.settled || entry.expiresAt > now) continue;
      expired = true;
      this.finish(entry, now, new PublishTimeoutError(entry.topic, entry.deadlineMs, this.lastError));
    }
    // A send can hang for longer than records wait: what nobody waits for must not pile up behind it.
    if (expired) this.queue = this.queue.filter(({ settled }) => !settled);
  }

  private finish(entry: Entry, now: number, error: Error | null, partition = NOWHERE, offset = NOWHERE): void {
    entry.settled = true;
    this.onSettled?.(now - entry.expiresAt + entry.deadlineMs);
    entry.done(error, partition, offset);
  }

  private connected(): Promise<Producer> {
    this.connecting ??= this.connect();
    return this.connecting;
  }

  private async connect(): Promise<Producer> {
    const producer = this.handle.producer();
    try {
      await producer.connect();
      this.producer = producer;
      return producer;
    } catch (error) {
      this.connecting = null;
      throw error;
    }
  }
}

const backoffMs = (attempt: number): number => Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
