import type { Batch, KafkaPublisher, LaneBatch } from '@claimwire/kafka';
import type { ErasureLedger, LaneStore, Pool } from '@claimwire/postgres';
import {
  connectionIds,
  normaliseBatch,
  readMessage,
  sourceOf,
  type NormalisedBatch,
  type RawMessage,
} from '@claimwire/normalizing';
import type { RootLogger, Tracing } from '@claimwire/service-host';
import type { ConnectionDirectory } from '../connection-directory.js';
import type { SchemaDrift } from '../drift/schema-drift.js';
import { mayDieAt } from '../fault-points.js';
import type { NormalizerMetrics } from '../metrics.js';
import type { Outboxes } from '../outbox/outboxes.js';
import { quarantineRecord } from '../quarantine/quarantine-record.js';
import { BatchTrace } from './batch-trace.js';
import { storeBatch, type StoredBatch } from './store-batch.js';

export interface BatchDeps {
  pool: Pool;
  store: LaneStore;
  publisher: Pick<KafkaPublisher, 'publishAll'>;
  connections: ConnectionDirectory;
  outboxes: Outboxes;
  erasures: Pick<ErasureLedger, 'among'>;
  drift: Pick<SchemaDrift, 'observe'>;
  metrics: NormalizerMetrics;
  logger: RootLogger;
  tracing: Tracing;
}

interface Times {
  normaliseMs: number;
  storeMs: number;
}

/**
 * One batch of raw events: normalise, quarantine what cannot be, store in one transaction, then send in the background while
 * the next batch is stored. An error leaves the lane where it was, and the same batch comes again.
 */
export class NormaliseBatchHandler {
  constructor(private readonly deps: BatchDeps) {}

  async handle(batch: LaneBatch): Promise<void> {
    const beganAt = performance.now();
    const { topic, partition } = batch;
    const messages = batch.messages.map(readMessage);
    const trace = BatchTrace.begin(this.deps.tracing, batch, messages);
    try {
      const views = await this.deps.connections.find(connectionIds(messages));
      const observe = (message: RawMessage) => this.deps.drift.observe(topic, message);
      const normalised = normaliseBatch({ topic, partition, messages }, views, observe);
      trace?.normalised();
      await this.settle(batch, normalised, beganAt, trace);
      trace?.end();
    } catch (error) {
      trace?.end(error);
      throw error;
    }
  }

  /** Quarantines the messages as they are, and moves the lane past them. */
  async setAside(batch: LaneBatch, reason: string): Promise<void> {
    const quarantined = batch.messages.map((message) => ({ reason, message }));
    const counts = { quarantine: quarantined.length };
    await this.settle(batch, { facts: [], notices: [], quarantined, counts }, performance.now());
  }

  private async settle(
    batch: LaneBatch,
    normalised: NormalisedBatch,
    beganAt: number,
    trace: BatchTrace | null = null,
  ): Promise<void> {
    const { pool, store, outboxes, erasures } = this.deps;
    const outbox = outboxes.of(batch.lane);
    await this.quarantine(batch, normalised);
    await mayDieAt('normalizer.after-quarantine');
    const storeBeganAt = performance.now();
    const storeBeganOn = trace ? Date.now() : 0;
    const place = { lane: batch.lane, nextOffset: batch.nextOffset, outbox: outbox.advance(), erasures };
    const stored = await storeBatch(pool, store, normalised, place);
    outbox.committed(stored.upTo, storeBeganAt);
    await mayDieAt('normalizer.after-commit');
    const committedAt = Date.now();
    trace?.stored(normalised, stored, storeBeganOn);
    const times = { normaliseMs: storeBeganAt - beganAt, storeMs: performance.now() - storeBeganAt };
    await outbox.idle();
    outbox.sendCommitted(stored.records, stored.upTo);
    this.report(batch, normalised, stored, times);
    for (const { fact } of normalised.facts) {
      this.deps.metrics.acceptedToState.observe((committedAt - Date.parse(fact.receivedAt)) / 1_000);
    }
  }

  /** Before the transaction: the offset may not pass a message that is settled nowhere. */
  private async quarantine(batch: Batch, { quarantined }: NormalisedBatch): Promise<void> {
    if (quarantined.length === 0) return;
    await this.deps.publisher.publishAll(quarantined.map((message) => quarantineRecord(batch, message)));
  }

  private report(batch: Batch, { counts }: NormalisedBatch, stored: StoredBatch, times: Times): void {
    const { source } = sourceOf(batch.topic);
    const { metrics, logger } = this.deps;
    for (const [outcome, count] of Object.entries(counts)) metrics.messages.inc({ source, outcome }, count);
    metrics.stored.inc({ source }, stored.stored);
    metrics.duplicates.inc({ source }, stored.duplicates);
    metrics.erased.inc({ source }, stored.erased);
    metrics.late.inc({ source }, stored.late);
    metrics.batchMessages.observe({ source }, batch.messages.length);
    metrics.batchSeconds.observe({ source, phase: 'normalise' }, times.normaliseMs / 1_000);
    metrics.batchSeconds.observe({ source, phase: 'store' }, times.storeMs / 1_000);
    const { upTo, stored: storedEvents, duplicates, erased, late, claims, notices } = stored;
    logger.info(
      {
        topic: batch.topic,
        partition: batch.partition,
        nextOffset: String(batch.nextOffset),
        laneSeq: String(upTo),
        messages: batch.messages.length,
        outcomes: counts,
        stored: storedEvents,
        duplicates,
        erased,
        late,
        claims,
        notices,
        normaliseMs: Math.round(times.normaliseMs),
        storeMs: Math.round(times.storeMs),
      },
      'batch stored',
    );
  }
}
