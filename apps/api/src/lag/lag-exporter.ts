import { CONSUMERS } from '@claimwire/contracts';
import { createKafka, errorCode, kafkaOptions, type KafkaHandle, readConsumerLag } from '@claimwire/kafka';
import { PG_POOL, type Pool, readSettledOffsets } from '@claimwire/postgres';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ApiConfig } from '../config.js';
import { readConfigurationCounts } from './configuration-counts.js';
import { readFanoutBacklog } from './fanout-backlog.js';
import { LagMetrics } from './metrics.js';
import { sharedReading } from './shared-reading.js';

/** Reads lag and backlog again and again; a dead consumer, or one that never ran, is seen as well. */
@Injectable()
export class LagExporter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly kafka: KafkaHandle;
  private readonly naming;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly metrics: LagMetrics,
    private readonly config: ApiConfig,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {
    // What the client has to say of every try would bury the one line below.
    const kafka = createKafka({ ...kafkaOptions(config), logger: { warn: () => undefined } });
    this.kafka = kafka;
    this.naming = { topic: (name: string) => kafka.topic(name), group: (name: string) => kafka.groupId(name) };
  }

  onApplicationBootstrap(): void {
    if (this.config.LAG_INTERVAL_MS > 0) this.schedule(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reading;
    await this.kafka.close();
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.reading = Promise.all([this.readLag(), this.readBacklog()]).finally(() =>
        this.schedule(this.config.LAG_INTERVAL_MS),
      );
    }, delayMs);
    this.timer.unref();
  }

  private async readLag(): Promise<void> {
    try {
      const settled = await readSettledOffsets(this.pool, Object.keys(CONSUMERS));
      const { LAG_OFFSETS } = this.config;
      this.metrics.showLag(await readConsumerLag(this.kafka, settled), this.naming, { offsets: LAG_OFFSETS });
    } catch (error) {
      this.metrics.forgetLag();
      this.logger.warn({ code: errorCode(error) }, 'lag not read');
    }
  }

  private async readBacklog(): Promise<void> {
    try {
      const { LAG_INTERVAL_MS, LAG_TOP_WEBHOOKS } = this.config;
      const reading = await sharedReading(this.pool, 'fanout_backlog', LAG_INTERVAL_MS, () =>
        readFanoutBacklog(this.pool),
      );
      const counts = await readConfigurationCounts(this.pool);
      if (reading) this.metrics.showBacklog(reading.value, counts, { top: LAG_TOP_WEBHOOKS, readAt: reading.readAt });
      else this.metrics.forgetBacklog();
    } catch (error) {
      this.metrics.forgetBacklog();
      this.logger.warn({ code: errorCode(error) }, 'backlog not read');
    }
  }
}
