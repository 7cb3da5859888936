import { Keyring } from '@claimwire/keyring';
import { PG_POOL, type Pool } from '@claimwire/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { IngressConfig } from '../ingress-config.js';
import type { RawEventRecord, RawEventSink } from '../raw-event-sink.js';
import { sealRecord } from './spool-entry.js';
import { SpoolMetrics } from './spool-metrics.js';
import { SpoolTable } from './spool-table.js';
import { SpoolWriter } from './spool-writer.js';

/** Durable = committed to the spool's table in PostgreSQL, sealed, within its bounds. */
@Injectable()
export class SpoolRawEventSink implements RawEventSink {
  private readonly keyring: Keyring;
  private readonly writer: SpoolWriter;

  constructor(
    @Inject(PG_POOL) pool: Pool,
    config: IngressConfig,
    private readonly metrics: SpoolMetrics,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
    const table = new SpoolTable(pool);
    const bounds = { maxRows: config.SPOOL_MAX_ROWS, maxBytes: config.SPOOL_MAX_BYTES };
    const deadlineMs = config.SPOOL_DEADLINE_MS;
    this.writer = new SpoolWriter((entries) => table.insert(entries, bounds, deadlineMs), { deadlineMs });
  }

  async accept(record: RawEventRecord): Promise<void> {
    await this.writer.write(sealRecord(this.keyring, record));
    this.metrics.spooled.inc();
  }
}
