import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, isTransient, type BatchMessage, type LaneBatch } from '@claimwire/kafka';
import { readHeaders, sourceOf } from '@claimwire/normalizing';
import { ErasureKeyMissingError, FencedError, type Lane } from '@claimwire/postgres';
import type { RootLogger } from '@claimwire/service-host';
import type { NormaliseBatchHandler } from '../batch/normalise-batch.handler.js';
import type { NormalizerMetrics } from '../metrics.js';
import type { CrashedAt, CrashRecords } from './crash-records.js';

export interface GuardDeps {
  handler: Pick<NormaliseBatchHandler, 'handle' | 'setAside'>;
  records: Pick<CrashRecords, 'find' | 'add' | 'forget'>;
  metrics: Pick<NormalizerMetrics, 'poisonIsolated'>;
  logger: Pick<RootLogger, 'warn' | 'error'>;
}

/** So many restarts may be chance, or a deployment under way; the same place once more is not. */
const CRASHES = 3;
/** More in one batch than this is a fault of ours, not of messages: crash again rather than empty a topic into quarantine. */
const MOST_ISOLATED = 5;
/** The process is about to end: a count that is not written in this time is not worth the wait. */
const NOTE_WITHIN_MS = 2_000;

/**
 * An unknown error crashes the consumer with nothing committed. After the third crash at one place the batch is halved
 * until the message that does it stands alone; that one is quarantined, everything around it is stored (docs/architecture.md, guarantee 7).
 */
export class PoisonGuard {
  private readonly known = new Map<number, { epoch: bigint; place: CrashedAt | null }>();

  constructor(private readonly deps: GuardDeps) {}

  async handle(batch: LaneBatch): Promise<void> {
    try {
      const place = await this.placeOf(batch.lane);
      if (place && place.crashes >= CRASHES && overlaps(batch, place)) await this.handleInParts(batch, place);
      else await this.deps.handler.handle(batch);
      if (place && batch.nextOffset > place.lastOffset) await this.forget(batch.lane);
    } catch (error) {
      if (isUnknown(error)) await this.note(batch, error);
      throw error;
    }
  }

  /** Read once per assignment: the count changes only by a crash, which ends the process. */
  private async placeOf(lane: Lane): Promise<CrashedAt | null> {
    const known = this.known.get(lane.laneId);
    if (known?.epoch === lane.epoch) return known.place;
    const place = await this.deps.records.find(lane);
    this.known.set(lane.laneId, { epoch: lane.epoch, place });
    return place;
  }

  private async handleInParts(batch: LaneBatch, { firstOffset, lastOffset }: CrashedAt): Promise<void> {
    const part = (offset: bigint) => (offset < firstOffset ? 'before' : offset > lastOffset ? 'after' : 'suspect');
    const parts = Map.groupBy(batch.messages, (message) => part(message.offset));
    const left = { isolations: MOST_ISOLATED };
    const { before, suspect, after } = Object.fromEntries(parts);
    if (before) await this.deps.handler.handle(withMessages(batch, before));
    if (suspect) await this.bisect(withMessages(batch, suspect), left);
    if (after) await this.deps.handler.handle(withMessages(batch, after));
  }

  private async bisect(batch: LaneBatch, left: { isolations: number }): Promise<void> {
    const { messages } = batch;
    try {
      return await this.deps.handler.handle(batch);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      if (messages.length === 1) {
        if (left.isolations === 0) throw error;
        left.isolations -= 1;
        return this.isolate(batch, error);
      }
    }
    const middle = Math.ceil(messages.length / 2);
    await this.bisect(withMessages(batch, messages.slice(0, middle)), left);
    await this.bisect(withMessages(batch, messages.slice(middle)), left);
  }

  private async isolate(batch: LaneBatch, error: unknown): Promise<void> {
    await this.deps.handler.setAside(batch, 'unknown_error');
    const { topic, partition, messages } = batch;
    const { source } = sourceOf(topic);
    const [message] = messages as [BatchMessage];
    this.deps.metrics.poisonIsolated.inc({ source });
    this.deps.logger.error(
      { topic, partition, offset: String(message.offset), ceId: readHeaders(message)?.id, code: errorCode(error) },
      'consumer.poison_isolated',
    );
  }

  /** Best effort: the crash goes on whether or not it could be counted. */
  private async note({ lane, messages, topic, partition }: LaneBatch, error: unknown): Promise<void> {
    this.known.delete(lane.laneId);
    const [first, last] = [messages[0] as BatchMessage, messages.at(-1) as BatchMessage];
    const adding = this.deps.records.add(lane, first.offset, last.offset, errorCode(error)).catch(() => null);
    const place = await Promise.race([adding, sleep(NOTE_WITHIN_MS, null, { ref: false })]);
    this.deps.logger.warn(
      { topic, partition, offset: String(first.offset), crashes: place?.crashes ?? 'not counted' },
      'consumer.crash_noted',
    );
  }

  /** A row that stays does no harm: its place is behind the lane, and the next crash begins the count anew. */
  private async forget(lane: Lane): Promise<void> {
    this.known.set(lane.laneId, { epoch: lane.epoch, place: null });
    await this.deps.records.forget(lane).catch(() => undefined);
  }
}

/** What is known to be no message's fault is never bisected. */
const isUnknown = (error: unknown): boolean =>
  !(error instanceof FencedError || error instanceof ErasureKeyMissingError) && !isTransient(error);

const overlaps = ({ messages }: LaneBatch, { firstOffset, lastOffset }: CrashedAt): boolean =>
  messages.some(({ offset }) => offset >= firstOffset && offset <= lastOffset);

/** Part of a batch: settled by itself, the lane moves to its end. */
const withMessages = (batch: LaneBatch, messages: BatchMessage[]): LaneBatch => ({
  ...batch,
  messages,
  nextOffset: (messages.at(-1) as BatchMessage).offset + 1n,
});
