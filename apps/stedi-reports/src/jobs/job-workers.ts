import { errorCode, stallWatch } from '@claimwire/kafka';
import { HealthRegistry, Progress, ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { ReportPublisher } from '../report-publisher.js';
import { JobQueue, type TakenTurn } from './job-queue.js';
import { JobRunner } from './job-runner.js';

const OUTAGE_WAIT_MS = 1_000;

/** Keeps this process's workers busy with due jobs: one loop takes them, each runs by itself. */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private poked = false;
  private notBefore = 0;
  /** When the next connection that ran out of tokens has some again. */
  private readyAt = Number.POSITIVE_INFINITY;
  private trouble: string | null = 'not started';
  private readonly progress: Progress;

  constructor(
    private readonly queue: JobQueue,
    private readonly runner: JobRunner,
    private readonly config: StediReportsConfig,
    private readonly health: HealthRegistry,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
    publisher: ReportPublisher,
  ) {
    const watch = stallWatch(publisher.handle, config);
    // A try insists on its note until its lease ends.
    this.progress = new Progress({ ...watch, limitMs: Math.max(watch.limitMs, 2 * config.JOB_LEASE_MS) });
  }

  onApplicationBootstrap(): void {
    this.health.addReadiness('jobs', () => this.trouble ?? true);
    this.health.addLiveness('jobs', () => this.progress.liveness());
    this.loop = this.work();
  }

  /** Answers that are waited for are given up: the jobs are another process's at once. What is being published is finished. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.loop;
    await Promise.all(this.running);
  }

  /** There may be due jobs: look at once. */
  poke(): void {
    this.poked = true;
    this.wake();
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.poked = false;
      let waitMs = this.config.JOB_POLL_MS;
      try {
        await this.fill();
        waitMs = Math.min(waitMs, Math.max(0, this.readyAt - performance.now()));
        this.trouble = null;
      } catch (error) {
        this.trouble = 'PostgreSQL gives no jobs';
        this.logger.warn({ code: errorCode(error) }, 'jobs could not be taken, trying again');
        waitMs = OUTAGE_WAIT_MS;
      }
      await this.pause(Math.max(waitMs, this.notBefore - performance.now()));
    }
  }

  /** Takes turns until all workers are busy or nothing is due. */
  private async fill(): Promise<void> {
    if (this.readyAt <= performance.now()) this.readyAt = Number.POSITIVE_INFINITY;
    while (this.free() > 0 && performance.now() >= this.notBefore && !this.stopping.signal.aborted) {
      const turn = await this.queue.takeTurn(this.free());
      if (!turn) break;
      if (turn.readyInMs > 0) this.readyAt = Math.min(this.readyAt, performance.now() + turn.readyInMs);
      // A turn without jobs is no reason to stop looking: its connection was paused or filled up in between, and whoever
      // found its row locked meanwhile sleeps. It is not chosen again unless something has changed.
      this.start(turn);
    }
  }

  private start({ jobs, known }: TakenTurn): void {
    for (const job of jobs) {
      const settings = known.get(`${job.headers.tenant}/${job.headers.connection}`);
      const run = this.progress
        .during(() => this.runner.run(job, settings, this.stopping.signal), job.headers.id)
        .then((brokerAnswers) => {
          if (!brokerAnswers) this.notBefore = performance.now() + OUTAGE_WAIT_MS;
        })
        // PostgreSQL took no note of it: the job comes again when its lease ends.
        .catch((error: unknown) => this.logger.warn({ code: errorCode(error) }, 'a try could not be noted'))
        .finally(() => {
          this.running.delete(run);
          this.poke();
        });
      this.running.add(run);
    }
  }

  private free(): number {
    return this.config.FETCH_CONCURRENCY - this.running.size;
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted || (this.poked && performance.now() >= this.notBefore)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        // While the broker is away a finished job is no reason to take another.
        if (!signal.aborted && performance.now() < this.notBefore) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
