import { CONSUMERS } from '@claimwire/contracts';
import { KafkaBatch, type Batch, type LaneBatch } from '@claimwire/kafka';
import { connectionIds, readMessage } from '@claimwire/normalizing';
import { LaneStore, PG_POOL, type Pool } from '@claimwire/postgres';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Controller, Inject } from '@nestjs/common';
import { ConnectionDirectory } from '../connection-directory.js';
import { NormalizerMetrics } from '../metrics.js';
import { indexQuarantine } from './quarantine-index.js';

/** Indexes what the normaliser and the ingresses quarantined. */
@Controller()
export class QuarantineIndexConsumer {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly store: LaneStore,
    private readonly connections: ConnectionDirectory,
    private readonly metrics: NormalizerMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  @KafkaBatch({ consumer: 'quarantine-index', topics: CONSUMERS['quarantine-index'] })
  async handle(batch: Batch): Promise<void> {
    const connections = await this.connections.find(connectionIds(batch.messages.map(readMessage)));
    const rows = await indexQuarantine(this.pool, this.store, batch as LaneBatch, connections);
    for (const { stage } of rows) this.metrics.quarantineIndexed.inc({ stage });
    this.logger.info({ partition: batch.partition, messages: rows.length }, 'quarantine indexed');
  }
}
