import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '@claimwire/postgres';
import { isTransient } from './classify-error.js';
import type { KafkaHandle } from './kafka-handle.js';
import { LogUnknownError } from './errors.js';
import { assertPosition, judgePosition } from './lane-position.js';
import { readLogStates, type LogState, type LogStates } from './log-state.js';

/** Where a consumer's places are kept: LaneStore of libs/postgres. */
export interface LanePort {
  claim(
    consumer: string,
    topic: string,
    partition: number,
    initialOffset: bigint,
    topicId: string | null,
  ): Promise<Lane>;
}

/** What a consumer does when it gets and loses lanes. */
export interface LaneHooks {
  /** Before the lane's first batch: for example send what the previous holder left unsent. Give up when not running. */
  onClaimed?(lane: Lane, isRunning: () => boolean): Promise<void>;
  /** After the last batch of these lanes: finish what is under way and hand over. */
  onReleased?(lanes: Lane[]): Promise<void>;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

const RETRY_MS = 500;
/** So often: a leader that was just elected does not know for a moment how much of its log is acknowledged (KIP-207). */
const LOOKS = 10;
const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * The lanes of one assignment. Each generation of the group claims anew: that fences whoever held the partition before, and
 * tells where PostgreSQL stands.
 */
export class LaneClaims {
  private readonly claims = new Map<string, Promise<Lane>>();
  private readonly claimed: Lane[] = [];
  private readonly positions = new Map<string, bigint>();
  /** Which position was sought last, and because of a batch that began where. */
  private readonly sought = new Map<string, { from: bigint; firstOffset: bigint }>();

  constructor(
    private readonly consumer: string,
    private readonly handle: KafkaHandle,
    private readonly port: LanePort,
    private readonly hooks: LaneHooks,
    private readonly isCurrent: () => boolean,
  ) {}

  /** @param after what must end first: the hand-over of the generation before */
  start(partitions: readonly TopicPartition[], after: Promise<void>): Promise<void> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const read = async () => {
      const logs = await readLogStates(this.handle, this.consumer, topics);
      for (const at of partitions) logOf(logs, at);
      return logs;
    };
    const logs = after.then(() => this.patiently(read));
    for (const at of partitions) {
      const claim = logs.then((known) => this.claim(at, logOf(known, at)));
      // Whoever needs the lane sees the error; without this one, a lane without messages would end the process by it.
      claim.catch(() => undefined);
      this.claims.set(keyOf(at), claim);
    }
    return Promise.all(this.claims.values()).then(() => undefined);
  }

  /** The lane of a partition of this generation, once it is claimed and its hook has run. */
  async lane(at: TopicPartition): Promise<Lane> {
    const claim = this.claims.get(keyOf(at));
    if (!claim) throw new Error(`${keyOf(at)} is not part of the assignment`);
    return claim;
  }

  /** First offset that is not settled. */
  positionOf(at: TopicPartition): bigint {
    return this.positions.get(keyOf(at)) ?? 0n;
  }

  moveTo(at: TopicPartition, nextOffset: bigint): void {
    this.positions.set(keyOf(at), nextOffset);
  }

  /**
   * Where to begin in a batch that starts at `firstOffset`. "seek": what lies before it is to be fetched first, since Kafka's
   * committed offset was ahead of PostgreSQL, which alone is the truth, or a batch was given up after the next one had been
   * fetched. Only a batch that comes again after that shows a gap in the log.
   * @throws LanePositionError when the gap is because messages were deleted
   */
  async position(at: TopicPartition, firstOffset: bigint): Promise<bigint | 'seek'> {
    const lane = await this.lane(at);
    const from = this.positionOf(at);
    if (firstOffset <= from) return from;
    const before = this.sought.get(keyOf(at));
    if (before?.from !== from || before.firstOffset !== firstOffset) {
      this.sought.set(keyOf(at), { from, firstOffset });
      return 'seek';
    }
    const logs = await readLogStates(this.handle, this.consumer, [at.topic]);
    assertPosition({ ...lane, nextOffset: from }, logOf(logs, at));
    return from;
  }

  async handOver(): Promise<void> {
    await Promise.allSettled(this.claims.values());
    await this.hooks.onReleased?.(this.claimed);
  }

  private async claim(at: TopicPartition, log: LogState): Promise<Lane> {
    const lane = await this.patiently(() =>
      this.port.claim(this.consumer, at.topic, at.partition, log.low, log.topicId),
    );
    this.claimed.push(lane);
    this.moveTo(at, lane.nextOffset);
    assertPosition(lane, await this.confirmed(lane, log));
    await this.hooks.onClaimed?.(lane, this.isCurrent);
    return lane;
  }

  /** What speaks against a position is looked at again: the holder before may have moved on since the log was read. */
  private async confirmed(lane: Lane, log: LogState): Promise<LogState> {
    if (judgePosition(lane, log) === 'ok') return log;
    const again = () => readLogStates(this.handle, this.consumer, [lane.topic]);
    for (let look = 1; ; look++) {
      const seen = logOf(await this.patiently(again), lane);
      const isOpen = judgePosition(lane, seen) === 'beyond_end' && look < LOOKS && this.isCurrent();
      if (!isOpen) return seen;
      await sleep(RETRY_MS);
    }
  }

  /** Tries again while broker or database are away, for as long as the assignment is ours. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isTransient(error) || !this.isCurrent()) throw error;
        await sleep(RETRY_MS);
      }
    }
  }
}

function logOf(logs: LogStates, at: TopicPartition): LogState {
  const log = logs.get(at.topic)?.get(at.partition);
  if (!log) throw new LogUnknownError(keyOf(at));
  return log;
}
