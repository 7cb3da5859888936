import { errorCode } from '@claimwire/kafka';
import { listen, type Listening, PG_POOL, type Pool } from '@claimwire/postgres';
import { directDatabaseUrl, ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StediReportsConfig } from './config.js';
import { ConnectionPauses } from './jobs/connection-pauses.js';
import { JobMoves } from './jobs/job-moves.js';
import { JobOutcomes } from './jobs/job-outcomes.js';
import { JobWorkers } from './jobs/job-workers.js';
import { ReportMetrics } from './metrics.js';

const MEASURE_EVERY_MS = 5_000;
const PURGE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

const BACKLOG = `
  select count(*) filter (where s.paused_at is null)::int as waiting,
    count(*) filter (where s.paused_at is not null)::int as paused,
    coalesce(extract(epoch from now() - min(j.created_at) filter (where s.paused_at is null)), 0)::float8 as oldest
  from stedi_jobs j join stedi_report_connections s using (connection_id) where j.state = 'waiting'`;
const PAUSED = 'select count(*)::int as connections from stedi_report_connections where paused_at is not null';

/** What happens beside the jobs: connections that were changed run again, old jobs go, the backlog is measured. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private listening: Listening | null = null;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly pauses: ConnectionPauses,
    private readonly moves: JobMoves,
    private readonly outcomes: JobOutcomes,
    private readonly workers: JobWorkers,
    private readonly metrics: ReportMetrics,
    private readonly config: StediReportsConfig,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  onApplicationBootstrap(): void {
    // At once when the connection is changed; also after a reconnection, for what was notified meanwhile.
    this.listening = listen(directDatabaseUrl(this.config), 'configuration', () => this.start(() => this.resume()));
    this.every(MEASURE_EVERY_MS, () => this.measure());
    this.every(PURGE_EVERY_MS, () => this.purge());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    await this.listening?.stop();
    await Promise.all(this.underWay);
  }

  private every(ms: number, work: () => Promise<void>): void {
    this.start(work);
    this.timers.push(setInterval(() => this.start(work), ms));
  }

  /** A failure is an outage that the next time makes good. */
  private start(work: () => Promise<void>): void {
    if (this.stopped) return;
    const done = work()
      .catch((error: unknown) =>
        this.logger.warn({ code: errorCode(error) }, 'housekeeping failed, trying again later'),
      )
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async resume(): Promise<void> {
    const resumed = await this.pauses.resumeChanged();
    const moved = await this.moves.fromPaused();
    if (resumed + moved > 0) this.workers.poke();
  }

  private async measure(): Promise<void> {
    await this.resume();
    const backlog = await this.pool.query<{ waiting: number; paused: number; oldest: number }>(BACKLOG);
    const paused = await this.pool.query<{ connections: number }>(PAUSED);
    const [{ waiting, paused: held, oldest } = { waiting: 0, paused: 0, oldest: 0 }] = backlog.rows;
    this.metrics.jobs.set({ state: 'waiting' }, waiting);
    this.metrics.jobs.set({ state: 'paused' }, held);
    this.metrics.oldestJob.set(oldest);
    this.metrics.pausedConnections.set(paused.rows[0]?.connections ?? 0);
  }

  private async purge(): Promise<void> {
    const jobs = await this.outcomes.purge(this.config.JOB_RETENTION_DAYS * DAY_MS);
    if (jobs > 0) this.logger.info({ jobs }, 'settled jobs purged');
  }
}
