import { withSessionLock, type Pool } from '@claimwire/postgres';
import { directDatabaseUrl, type RootLogger } from '@claimwire/service-host';
import type { FanoutConfig } from '../config.js';
import type { FanoutMetrics } from '../metrics.js';
import { dropPartitions, makePartitions } from './attempt-partitions.js';
import { expireFailures, purgeReplays, purgeSettled } from './purge-deliveries.js';

export interface HousekeepingParts {
  pool: Pool;
  config: FanoutConfig;
  metrics: FanoutMetrics;
  logger: RootLogger;
}

const EVERY_MS = 3_600_000;
const MEASURE_EVERY_MS = 30_000;
/** Any constant that nothing else locks by: replicas take turns. */
const LOCK = 7_302_010;

/** Who has read nothing for half as long reads all of the configuration. */
const FORGET_CHANGES = `delete from configuration_changes where at < now() - interval '1 day'`;

const FAILED = `select count(*)::int as count from deliveries where state = 'exhausted'`;

/** Makes room: partitions of the days to come, and what is over its time leaves. Every replica tries; one at a time does. */
export class Housekeeping {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private stopping = false;

  constructor(private readonly parts: HousekeepingParts) {}

  start(): void {
    const work = () => this.begin(() => this.makeRoom().then(() => this.clean()));
    work();
    this.timers.push(
      setInterval(work, EVERY_MS),
      setInterval(() => this.begin(() => this.measure()), MEASURE_EVERY_MS),
    );
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.underWay);
  }

  async makeRoom(): Promise<void> {
    const made = await makePartitions(this.parts.pool);
    if (made.length > 0) this.parts.logger.info({ partitions: made.length }, 'retention.partitions_made');
  }

  /** Skipped where another replica is at it. */
  async clean(): Promise<void> {
    await withSessionLock(directDatabaseUrl(this.parts.config), LOCK, () => this.remove());
  }

  private async remove(): Promise<void> {
    const { pool, config, metrics, logger } = this.parts;
    const { FANOUT_DELIVERY_DAYS, FANOUT_ATTEMPT_DAYS, FANOUT_ERROR_QUEUE_DAYS } = config;
    const removed = {
      attempt_days: (await dropPartitions(pool, FANOUT_ATTEMPT_DAYS)).length,
      failed_deliveries: await expireFailures(pool, FANOUT_ERROR_QUEUE_DAYS),
      settled_deliveries: await purgeSettled(pool, FANOUT_DELIVERY_DAYS),
      replays: await purgeReplays(pool, FANOUT_DELIVERY_DAYS),
    };
    await pool.query(FORGET_CHANGES);
    for (const [what, count] of Object.entries(removed)) metrics.removed(what, count);
    if (Object.values(removed).some((count) => count > 0)) logger.info(removed, 'retention.removed');
    await this.measure();
  }

  private async measure(): Promise<void> {
    const { rows } = await this.parts.pool.query<{ count: number }>(FAILED);
    this.parts.metrics.errorQueue(rows[0]?.count ?? 0);
  }

  /** A failure is an outage that the next time makes good. */
  private begin(work: () => Promise<void>): void {
    if (this.stopping) return;
    const done = work()
      .catch((error: unknown) => {
        this.parts.metrics.failed('retention');
        this.parts.logger.error({ err: error, during: 'retention' }, 'fanout.store_failed');
      })
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }
}
