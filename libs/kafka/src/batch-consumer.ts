import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { FencedError } from '@claimwire/postgres';
import { Progress, type ProgressOptions } from '@claimwire/service-host';
import kafkajs, { type Consumer, type ConsumerGroupJoinEvent, type EachBatchPayload } from 'kafkajs';
import type { Batch, BatchHandler, BatchMessage } from './batch.js';
import { errorCode, isTransient } from './classify-error.js';
import { LanePositionError } from './errors.js';
import type { KafkaHandle } from './kafka-handle.js';
import { LaneClaims, type LaneHooks, type LanePort, type TopicPartition } from './lane-claims.js';
import { LazyCommits } from './lazy-commits.js';
import { Membership } from './membership.js';
import { sliceBatch } from './slice-batch.js';
import { stackOf } from './stack-of.js';
import { WorkTurns } from './work-turns.js';

export interface BatchConsumerOptions {
  /** Short name: the group is `<prefix>claimwire-<consumer>`. */
  consumer: string;
  /** Without the deployment's prefix. */
  topics: readonly string[];
  handler: BatchHandler;
  /** Keeps this consumer's place in PostgreSQL; without it Kafka's committed offset is the place (at least once). */
  lanes?: LanePort;
  hooks?: LaneHooks;
  /** Partitions handled at the same time. */
  concurrency?: number;
  /**
   * Fetch on while the last batches of the fetch before are handled; only with `lanes`, since a batch that fails is had again
   * by going back to PostgreSQL's place. Without it, each fetch waits for the slowest batch of the one before.
   */
  fetchAhead?: boolean;
  /** What one fetch brings of each partition, at most; a fetch is in memory several times over while it is decoded. */
  fetchBytes?: number;
  /** Most messages that one call of the handler gets. */
  maxMessages?: number;
  /** When a handler that does not return makes `liveness` say so; absent = never. */
  stall?: ProgressOptions;
  /** The consumer is dead and nothing was committed: end the process. */
  onCrash: (error: unknown) => void;
}

interface Pace {
  membership: Membership;
  /** The batch is the next one of its partition. */
  begins: () => void;
  /** Everything up to this offset is done. */
  resolve: (offset: string) => void;
}

interface Ahead {
  claims: LaneClaims;
  membership: Membership;
  letFetchGoOn: () => void;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
const MAX_MESSAGES = 1_000;
const NO_LIMIT: ProgressOptions = { limitMs: Infinity, storesAnswer: async () => false };

/**
 * A group consumer that hands whole batches over and never lets an offset pass that the handler has not settled. Outages are
 * waited out; any other error is a crash, with nothing committed (docs/architecture.md, guarantee 7).
 */
export class BatchConsumer {
  private readonly logger: Logger;
  private readonly client: Consumer;
  private readonly commits: LazyCommits;
  private generation = 0;
  private claims: LaneClaims | null = null;
  private handedOver: Promise<void> = Promise.resolve();
  private joined = false;
  private stopping = false;
  private crashed = false;
  private failing = false;
  /** Since the last batch that was settled. */
  private breakdowns = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly turns: WorkTurns;
  private readonly progress: Progress;
  /** What a batch ended with after its fetch had gone on: the next one tells kafkajs. */
  private failure: { generation: number; error: unknown } | null = null;

  constructor(
    private readonly handle: KafkaHandle,
    private readonly options: BatchConsumerOptions,
  ) {
    this.logger = new Logger(`Consumer:${options.consumer}`);
    // A connection that breaks while we stop would bring the consumer back: a member that holds partitions and does nothing.
    const mayRestart = () => !this.stopping && !this.crashed;
    this.client = handle.consumer(handle.groupId(options.consumer), {
      fetchBytes: options.fetchBytes,
      mayRestart,
    });
    this.commits = new LazyCommits((offsets) => this.client.commitOffsets(offsets));
    this.turns = new WorkTurns(options.concurrency ?? 1);
    this.progress = new Progress(options.stall ?? NO_LIMIT);
  }

  /** Begins to connect and returns at once; a broker that is away is waited for. */
  start(): void {
    const { GROUP_JOIN, REBALANCING, CRASH, STOP } = this.client.events;
    this.client.on(GROUP_JOIN, (event) => this.onJoin(event));
    this.client.on(REBALANCING, () => this.onLeave());
    this.client.on(STOP, () => this.onLeave());
    this.client.on(CRASH, ({ payload }) => {
      this.onLeave();
      if (payload.restart || this.stopping) return;
      if (isTransient(payload.error)) void this.reconnect(payload.error);
      else this.crash(payload.error);
    });
    void this.connect();
  }

  /** True while we are a member of the group with every lane claimed, else why not. */
  readiness(): true | string {
    if (!this.joined) return 'not a member of the group yet';
    if (this.failing) return 'waiting for a store or the broker';
    return true;
  }

  liveness(): true | string {
    return this.crashed ? 'the consumer crashed' : this.progress.liveness();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.inFlight);
    await this.commits.flush();
    await this.client.disconnect();
    this.onLeave();
    await this.handedOver;
  }

  private async connect(): Promise<void> {
    const topics = this.options.topics.map((topic) => this.handle.topic(topic));
    for (let attempt = 1; !this.stopping; attempt++) {
      try {
        await this.client.connect();
        await this.client.subscribe({ topics, fromBeginning: true });
        await this.client.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: this.options.concurrency ?? 1,
          eachBatch: (payload) => this.onBatch(payload),
        });
        return;
      } catch (error) {
        if (!isTransient(error)) return this.crash(error);
        this.logger.warn({ msg: 'cannot consume yet', code: errorCode(error), attempt });
        await sleep(backoffMs(attempt));
      }
    }
  }

  /** kafkajs gave up on what passes by itself. */
  private async reconnect(error: unknown): Promise<void> {
    this.breakdowns += 1;
    this.logger.warn({
      msg: 'consumer broke down, connecting again',
      code: errorCode(error),
      attempt: this.breakdowns,
    });
    await sleep(backoffMs(this.breakdowns));
    await this.connect();
  }

  private onJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.onLeave();
    const generation = ++this.generation;
    const partitions = Object.entries(payload.memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic: this.handle.withoutPrefix(topic), partition })),
    );
    this.logger.log({ msg: 'joined the group', partitions: partitions.length });
    const { lanes, hooks = {}, consumer } = this.options;
    const isCurrent = () => this.generation === generation && !this.stopping;
    this.claims = lanes ? new LaneClaims(consumer, this.handle, lanes, hooks, isCurrent) : null;
    const ready = this.claims ? this.claims.start(partitions, this.handedOver) : Promise.resolve();
    ready.then(
      () => {
        if (!isCurrent()) return;
        this.seek(partitions);
        this.joined = true;
      },
      (error: unknown) => {
        // A lane claimed by another meanwhile: the group is about to tell us so.
        if (isCurrent() && !(error instanceof FencedError)) this.crash(error);
      },
    );
  }

  /** From Kafka's committed offset, where kafkajs begins, to PostgreSQL's: ahead of it, what lies between would never come. */
  private seek(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      const offset = this.claims?.positionOf(at);
      if (offset !== undefined) this.seekTo(at, offset);
    }
  }

  /** The partitions may be another's from here on: what is under way ends, then the lanes are handed over. */
  private onLeave(): void {
    this.joined = false;
    this.generation += 1;
    const { claims } = this;
    this.claims = null;
    this.commits.clear();
    if (!claims) return;
    const underWay = [...this.inFlight];
    this.handedOver = this.handedOver
      .then(() => Promise.allSettled(underWay))
      .then(() => claims.handOver())
      .catch((error: unknown) => this.logger.warn({ msg: 'hand-over failed', code: errorCode(error) }));
  }

  private async onBatch(payload: EachBatchPayload): Promise<void> {
    if (this.stopping) return;
    if (this.failure?.generation === this.generation) throw this.failure.error;
    if (this.crashed) return;
    const membership = new Membership(payload, this.generation, () => this.generation);
    const { promise: fetchMayGoOn, resolve: letFetchGoOn } = Promise.withResolvers<void>();
    const work = this.settle(payload, membership, letFetchGoOn)
      .catch((error: unknown) => {
        throw error instanceof FencedError ? this.rejoin() : error;
      })
      .finally(() => membership.end());
    this.inFlight.add(work);
    const ended = () => void this.inFlight.delete(work);
    work.then(ended, ended);
    await Promise.race([work, fetchMayGoOn]);
  }

  private async settle(payload: EachBatchPayload, membership: Membership, letFetchGoOn: () => void): Promise<void> {
    const { topic, partition } = payload.batch;
    const at = { topic: this.handle.withoutPrefix(topic), partition };
    const { claims } = this;
    if (claims && this.options.fetchAhead) return this.settleAhead(payload, at, { claims, membership, letFetchGoOn });
    const resolve = (offset: string) => payload.resolveOffset(offset);
    await this.settleAll(payload, at, { membership, resolve, begins: () => undefined });
  }

  /**
   * The fetch that follows does not wait for this batch. kafkajs is told that all of it is done; what stays undone is fetched
   * again by going back to PostgreSQL's place, and nothing that was fetched behind it is handled (LaneClaims.position).
   */
  private async settleAhead(
    payload: EachBatchPayload,
    at: TopicPartition,
    { claims, membership, letFetchGoOn }: Ahead,
  ) {
    const turn = `${at.topic}/${at.partition}`;
    // Before the turn: a lane waits until what the generation before has under way is over.
    await claims.lane(at);
    await this.turns.begin(turn);
    let begun = false;
    let done = false;
    const begins = () => {
      begun = true;
      payload.resolveOffset(payload.batch.lastOffset());
      letFetchGoOn();
    };
    try {
      if (!membership.holds()) return;
      done = await this.settleAll(payload, at, { membership, begins, resolve: () => undefined });
    } catch (error) {
      const told = error instanceof FencedError ? this.rejoin() : error;
      if (begun && claims === this.claims) this.failure = { generation: this.generation, error: told };
      throw told;
    } finally {
      if (begun && !done && claims === this.claims && !this.stopping) {
        this.seekTo(at, claims.positionOf(at));
      }
      this.turns.end(turn);
    }
  }

  /** @returns false when something of the batch stays undone, because it is no longer ours to do */
  private async settleAll(payload: EachBatchPayload, at: TopicPartition, { membership, begins, resolve }: Pace) {
    const fetched = payload.batch;
    const { claims } = this;
    const lane = claims ? await claims.lane(at) : null;
    const from = claims ? await claims.position(at, BigInt(fetched.firstOffset() ?? 0)) : 0n;
    if (from === 'seek') {
      this.seekTo(at, claims?.positionOf(at) ?? 0n);
      return true;
    }
    begins();
    const isRunning = () => membership.holds() && !this.stopping && !this.crashed;
    for (const messages of sliceBatch(fetched.messages, from, this.options.maxMessages ?? MAX_MESSAGES)) {
      const nextOffset = (messages.at(-1) as BatchMessage).offset + 1n;
      const batch = { ...at, messages, nextOffset, lane, isRunning, heartbeat: () => membership.heartbeat() };
      if (!(await this.handled(batch)) || !membership.holds()) return false;
      claims?.moveTo(at, nextOffset);
      resolve(String(nextOffset - 1n));
      await this.commit(fetched.topic, at.partition, nextOffset);
      if (!isRunning()) return nextOffset > BigInt(fetched.lastOffset());
    }
    if (membership.holds()) resolve(fetched.lastOffset());
    return true;
  }

  private seekTo({ topic, partition }: TopicPartition, offset: bigint): void {
    this.client.seek({ topic: this.handle.topic(topic), partition, offset: String(offset) });
  }

  /** @returns false when the batch was given up because it is no longer ours to do */
  private async handled(batch: Batch): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.progress.during(async () => this.options.handler(batch), `${batch.topic}/${batch.partition}`);
        this.failing = false;
        this.breakdowns = 0;
        return true;
      } catch (error) {
        if (error instanceof FencedError) throw error;
        if (!isTransient(error)) {
          this.crash(error);
          throw error;
        }
        this.failing = true;
        this.logger.warn({ msg: 'batch failed, trying again', code: errorCode(error), attempt });
        if (batch.isRunning()) await sleep(backoffMs(attempt));
        if (!batch.isRunning()) return false;
      }
    }
  }

  /** Only the group's coordinator knows whose the partition is: kafkajs joins anew on an error of this type. */
  private rejoin(): Error {
    this.logger.warn({ msg: 'fenced: another process has claimed the lane' });
    const cause = Object.assign(new Error('fenced'), { type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: false });
    return new kafkajs.KafkaJSProtocolError(cause);
  }

  private async commit(topic: string, partition: number, nextOffset: bigint): Promise<void> {
    if (this.options.lanes) return this.commits.set(topic, partition, nextOffset);
    await this.client.commitOffsets([{ topic, partition, offset: String(nextOffset) }]);
  }

  private crash(error: unknown): void {
    if (this.crashed) return;
    this.crashed = true;
    this.joined = false;
    const text = error instanceof LanePositionError ? error.message : 'unknown error, nothing committed';
    this.logger.error({ msg: text, code: errorCode(error), stack: stackOf(error) });
    this.options.onCrash(error);
  }
}

const backoffMs = (attempt: number): number => Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
