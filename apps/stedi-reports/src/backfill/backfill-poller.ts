import { errorCode } from '@claimwire/kafka';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { JobWorkers } from '../jobs/job-workers.js';
import { ReportMetrics } from '../metrics.js';
import { PollSweeps, type Sweep } from './poll-sweeps.js';
import { SweepWalker } from './sweep-walker.js';

const LOOK_EVERY_MS = 10_000;
/** After PostgreSQL failed under a sweep. */
const OUTAGE_WAIT_MS = 1_000;

/**
 * Finds transactions whose webhook never came, and makes them jobs. Several connections are polled at once: one whose server
 * is slow or silent holds up no other.
 */
@Injectable()
export class BackfillPoller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;

  constructor(
    private readonly sweeps: PollSweeps,
    private readonly walker: SweepWalker,
    private readonly workers: JobWorkers,
    private readonly metrics: ReportMetrics,
    private readonly config: StediReportsConfig,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.BACKFILL_INTERVAL_MS > 0) this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.looking;
    await Promise.all(this.underWay);
  }

  /** Now, and from then on again and again. */
  private look(): void {
    if (this.stopping.signal.aborted || this.isLooking) return;
    clearTimeout(this.timer);
    this.isLooking = true;
    this.looking = this.startDue().then((waitMs) => {
      this.isLooking = false;
      if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.look(), waitMs);
    });
  }

  /** Begins the sweeps that are due while there is room. @returns milliseconds until the next look */
  private async startDue(): Promise<number> {
    try {
      await this.sweeps.enrol();
      while (this.hasRoom() && !this.stopping.signal.aborted) {
        const sweep = await this.sweeps.take();
        if (!sweep) break;
        this.start(sweep);
      }
      return Math.min(LOOK_EVERY_MS, this.config.BACKFILL_INTERVAL_MS);
    } catch (error) {
      this.logger.warn({ code: errorCode(error) }, 'no connection could be taken to poll, trying again');
      return OUTAGE_WAIT_MS;
    }
  }

  private start(sweep: Sweep): void {
    const done = this.poll(sweep).finally(() => {
      const wasFull = !this.hasRoom();
      this.underWay.delete(done);
      // Others may have waited for the place.
      if (wasFull) this.look();
    });
    this.underWay.add(done);
  }

  private hasRoom(): boolean {
    return this.underWay.size < this.config.BACKFILL_CONCURRENCY;
  }

  private async poll(sweep: Sweep): Promise<void> {
    const { tenant, connection } = sweep;
    try {
      const walked = await this.walker.walk(sweep, this.stopping.signal);
      if (!walked) return;
      const { outcome, reason, missed } = walked;
      this.metrics.polls.inc({ outcome });
      this.metrics.missed.inc(missed);
      this.metrics.jobsAdded.inc({ origin: 'backfill' }, missed);
      if (missed > 0) this.workers.poke();
      this.logger.info({ tenant, connection, outcome, reason, missed }, 'transactions.polled');
    } catch (error) {
      await this.giveBack(sweep, error);
    }
  }

  /** Whoever takes it then goes on where the cursor stands; where even this fails, that is when the lease ends. */
  private async giveBack(sweep: Sweep, error: unknown): Promise<void> {
    const { tenant, connection } = sweep;
    const stopped = this.stopping.signal.aborted;
    if (!stopped) {
      this.metrics.polls.inc({ outcome: 'failed' });
      this.logger.warn({ tenant, connection, code: errorCode(error) }, 'polling failed, trying again');
    }
    await this.sweeps.putOff(sweep, stopped ? 0 : OUTAGE_WAIT_MS).catch(() => undefined);
  }
}
