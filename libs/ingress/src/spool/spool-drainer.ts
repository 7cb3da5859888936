import { errorCode } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { inTransaction, PG_POOL, type Pool, type PoolClient } from '@claimwire/postgres';
import { endSends, ROOT_LOGGER, type RootLogger, startSend, Tracing } from '@claimwire/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FallbackRawEventSink } from '../fallback-raw-event-sink.js';
import { IngressConfig } from '../ingress-config.js';
import type { RawEventRecord } from '../raw-event-sink.js';
import { drainBatch } from './drain-batch.js';
import { SpoolMetrics } from './spool-metrics.js';
import { SpoolTable } from './spool-table.js';

const MAX_ROWS = 500;
const MAX_BYTES = 4 * 1024 * 1024;
const REFUSED_RETRY_SECONDS = 60;
/** Of a drainer that is cut off from the database while it publishes: its lock must not outlive it for long. */
const IDLE_LIMIT = `set local idle_in_transaction_session_timeout = '30s'`;

/**
 * Brings what is in the spool to Kafka, in order of arrival. Any replica of any ingress may: the lock of a transaction
 * decides which one, and that transaction deletes what was acknowledged. If it is lost, the same events are published
 * again under their `ce_id`.
 */
@Injectable()
export class SpoolDrainer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly table: SpoolTable;
  private readonly keyring: Keyring;
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly config: IngressConfig,
    private readonly sink: FallbackRawEventSink,
    private readonly metrics: SpoolMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
    private readonly tracing: Tracing,
  ) {
    this.table = new SpoolTable(pool);
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.working = this.turn().then((more) => this.schedule(more ? 0 : this.config.SPOOL_DRAIN_INTERVAL_MS));
    }, delayMs);
  }

  /** @returns whether more can be drained at once */
  private async turn(): Promise<boolean> {
    try {
      const usage = await this.table.usage();
      this.metrics.show(usage);
      return usage.rows > 0 && (await inTransaction(this.pool, (client) => this.drain(client)));
    } catch (error) {
      this.logger.warn({ err: error }, 'the spool could not be drained, trying again');
      return false;
    }
  }

  private async drain(client: PoolClient): Promise<boolean> {
    if (!(await this.table.lockForDraining(client))) return false;
    await client.query(IDLE_LIMIT);
    const rows = await this.table.oldest(client, MAX_ROWS, MAX_BYTES);
    const { published, refused, outage } = await drainBatch(rows, this.keyring, (record) => this.publish(record));
    await this.table.delete(client, published);
    await this.table.postpone(client, refused, REFUSED_RETRY_SECONDS);
    this.metrics.drained.inc(published.length);
    this.report(published.length, refused);
    return !outage && rows.length > 0;
  }

  /** The record keeps the trace that its request wrote into it. */
  private async publish(record: RawEventRecord): Promise<unknown> {
    const { topic, headers } = record;
    const attributes = { 'claimwire.from': 'spool' };
    const span = startSend(this.tracing, topic, headers.traceparent, { id: headers.ce_id, attributes });
    const error = await this.sink.tryPublish(record);
    if (span) endSends([span], error === null ? undefined : errorCode(error));
    return error;
  }

  private report(published: number, refused: readonly string[]): void {
    if (published > 0) this.logger.info({ published }, 'events brought from the spool to Kafka');
    if (refused.length === 0) return;
    this.metrics.refused.inc(refused.length);
    this.logger.error({ rows: refused }, 'the brokers refuse events of the spool, or the key ring does not open them');
  }
}
