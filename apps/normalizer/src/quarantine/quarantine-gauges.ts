import { errorCode } from '@claimwire/kafka';
import type { Pool } from '@claimwire/postgres';
import type { RootLogger } from '@claimwire/service-host';
import type { NormalizerMetrics } from '../metrics.js';

const EVERY_MS = 15_000;
/** Reasons are constant codes of ours; a foreign message on the topic must not make metrics without end. */
const MAX_REASONS = 100;

/** Over all tenants: a label of a tenant would tell who has trouble. */
const COUNT = `
  select reason, count(*)::int as open, (count(*) filter (where expires_at < now() + interval '7 days'))::int as expiring
  from quarantine where status = 'open' group by reason order by open desc limit ${MAX_REASONS}`;

interface Row {
  reason: string;
  open: number;
  expiring: number;
}

/** What of the quarantine waits for somebody, for the alert before its bytes expire. */
export class QuarantineGauges {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly metrics: Pick<NormalizerMetrics, 'quarantineOpen' | 'quarantineExpiring'>,
    private readonly logger: Pick<RootLogger, 'warn'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.refresh(), EVERY_MS);
    void this.refresh();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Keeps the last values while the database is away. */
  async refresh(): Promise<void> {
    try {
      const { rows } = await this.pool.query<Row>(COUNT);
      this.metrics.quarantineOpen.reset();
      this.metrics.quarantineExpiring.reset();
      for (const { reason, open, expiring } of rows) {
        this.metrics.quarantineOpen.set({ reason }, open);
        this.metrics.quarantineExpiring.set({ reason }, expiring);
      }
    } catch (error) {
      this.logger.warn({ code: errorCode(error) }, 'quarantine not counted');
    }
  }
}
