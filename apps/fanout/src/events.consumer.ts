import { CONSUMERS } from '@claimwire/contracts';
import { KafkaBatch } from '@claimwire/kafka';
import type { Batch, LaneBatch } from '@claimwire/kafka';
import { inTransaction, LaneStore, PG_POOL } from '@claimwire/postgres';
import type { Pool, PoolClient, Queryable } from '@claimwire/postgres';
import { faultPoint, Tracing } from '@claimwire/service-host';
import { Controller, Inject } from '@nestjs/common';
import { Configuration } from './configuration/configuration.js';
import { Fanout } from './fanout.js';
import type { Delivery } from './lanes/delivery.js';
import { matchEvents, readBatch } from './match-batch.js';
import type { ReadEvent } from './match-batch.js';
import { FanoutMetrics } from './metrics.js';
import { DELIVERIES_CHANNEL, insertDeliveries, intake } from './sending/insert-deliveries.js';
import type { Inserted } from './sending/insert-deliveries.js';
import { MatchTrace } from './tracing/match-trace.js';

export const CONSUMER = 'fanout';
/** foreign_key_violation: a webhook was deleted between the matching and the insert. */
const WEBHOOK_GONE = '23503';

const isWebhookGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === WEBHOOK_GONE;

interface Stored {
  inserted: Inserted[];
  /** Webhooks whose holders elsewhere hear of it with the commit. */
  told: ReadonlySet<string>;
}

/** The storing half of the fan-out: one transaction holds a batch's deliveries and the consumer's next offset. */
@Controller()
export class EventsConsumer {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly lanes: LaneStore,
    private readonly configuration: Configuration,
    private readonly fanout: Fanout,
    private readonly metrics: FanoutMetrics,
    private readonly tracing: Tracing,
  ) {}

  @KafkaBatch({ consumer: CONSUMER, topics: CONSUMERS[CONSUMER] })
  async handle(batch: Batch): Promise<void> {
    const events = readBatch(batch);
    const trace = MatchTrace.begin(this.tracing, batch, CONSUMER, events);
    const { inserted, told } = await this.store(batch as LaneBatch, events).catch((error: unknown) => {
      trace?.end(error);
      throw error;
    });
    trace?.stored(inserted);
    trace?.end();
    this.metrics.created(inserted.length);
    if (inserted.length > 0) await faultPoint('fanout.after-insert');
    this.offer(inserted, events);
    // Given away since the insert: the new holder may have looked before the commit.
    const untold = inserted.filter(({ webhookId }) => !told.has(webhookId));
    await this.wakeHolders(this.pool, this.heldElsewhere(untold));
  }

  private async store(batch: LaneBatch, events: readonly ReadEvent[]): Promise<Stored> {
    const stored = await this.storeAtOnce(batch, events);
    if (stored) return stored;
    try {
      return await inTransaction(this.pool, (client) => this.storeIn(client, batch, events));
    } catch (error) {
      if (!isWebhookGone(error)) throw error;
      await this.configuration.reload(this.pool);
      return inTransaction(this.pool, (client) => this.storeIn(client, batch, events));
    }
  }

  /** By the configuration in memory. @returns null, with nothing done, when that or the lane is not what it was taken for */
  private async storeAtOnce(batch: LaneBatch, events: readonly ReadEvent[]): Promise<Stored | null> {
    const { loaded } = this.configuration;
    if (!loaded || loaded.openWriters.size > 0) return null;
    const { lane, nextOffset } = batch;
    const deliveries = matchEvents(loaded.index, events, this.tracing.isOn);
    const told = this.heldElsewhere(deliveries);
    const place = { lane, nextOffset, version: loaded.version, wake: wakePayload(told) };
    const inserted = await intake(this.pool, place, deliveries).catch((error: unknown) => {
      if (isWebhookGone(error)) return null;
      throw error;
    });
    return inserted && { inserted, told };
  }

  /** @throws FencedError */
  private async storeIn(client: PoolClient, batch: LaneBatch, events: readonly ReadEvent[]): Promise<Stored> {
    // One round trip for the beginning of the transaction, the fence and the version.
    const [{ index }] = await Promise.all([
      this.configuration.current(client),
      this.lanes.advance(client, batch.lane, batch.nextOffset),
    ]);
    const deliveries = matchEvents(index, events, this.tracing.isOn);
    const inserted = deliveries.length === 0 ? [] : await insertDeliveries(client, deliveries);
    const told = this.heldElsewhere(inserted);
    await this.wakeHolders(client, told);
    return { inserted, told };
  }

  /** Tells the other replicas that these webhooks have deliveries. */
  private async wakeHolders(client: Queryable, webhookIds: ReadonlySet<string>): Promise<void> {
    const payload = wakePayload(webhookIds);
    if (payload !== null) await client.query('select pg_notify($1, $2)', [DELIVERIES_CHANNEL, payload]);
  }

  /** The webhooks that are not held here, or by nobody. */
  private heldElsewhere(deliveries: readonly { webhookId: string }[]): ReadonlySet<string> {
    return new Set(deliveries.map(({ webhookId }) => webhookId).filter((id) => !this.fanout.holds(id)));
  }

  private offer(inserted: readonly Inserted[], events: readonly ReadEvent[]): void {
    if (inserted.length === 0) return;
    const byId = new Map(events.map((event) => [event.facts.id, event]));
    // One copy for all webhooks; a value is a piece of the whole fetched block, which it would keep in memory.
    const copies = new Map<string, Buffer>();
    const copyOf = ({ facts, message }: ReadEvent): Buffer => {
      const copy = copies.get(facts.id) ?? Buffer.from(message);
      copies.set(facts.id, copy);
      return copy;
    };
    for (const { id, webhookId, eventId } of inserted) {
      const event = byId.get(eventId);
      if (!event || !this.fanout.mayOffer(webhookId)) continue;
      this.fanout.offer(webhookId, () => toDelivery(id, webhookId, event, copyOf(event)));
    }
  }
}

const wakePayload = (webhookIds: ReadonlySet<string>): string | null =>
  webhookIds.size === 0 ? null : Fanout.wakePayload([...webhookIds]);

function toDelivery(id: string, webhookId: string, { facts, traceparent }: ReadEvent, message: Buffer): Delivery {
  return {
    id,
    webhookId,
    tenant: facts.tenant,
    eventId: facts.id,
    eventType: facts.type,
    claimKey: facts.claimKey,
    version: facts.version,
    replayId: '',
    tries: 0,
    firstTriedAt: null,
    receivedAt: facts.receivedAt,
    traceparent,
    message,
  };
}
