import { rawEventId } from '@claimwire/contracts';
import { errorCode } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { inTransaction, PG_POOL, type Pool } from '@claimwire/postgres';
import type { ConnectionSettings } from '@claimwire/provider-kit';
import { type PolledPage, type PolledTransaction, readPolledPage } from '@claimwire/provider-stedi';
import { faultPoint, ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { baseOf } from '../fetch/fetch-report.js';
import { StediClient } from '../fetch/stedi-client.js';
import { insertJobs } from '../jobs/insert-jobs.js';
import type { NewJob } from '../jobs/job.js';
import { JobWorkers } from '../jobs/job-workers.js';
import { type PollOutcome, ReportMetrics } from '../metrics.js';
import { PollSweeps, type Sweep } from './poll-sweeps.js';

const PAGE_SIZE = 500;
const LOOK_EVERY_MS = 10_000;
const RETRY_MS = 60_000;

interface PollSource {
  core: string;
  apiKey: string;
  /** The key's account, where the connection names exactly one. */
  account: string | null;
}

/** Another process has the connection by now. */
class SweepLostError extends Error {
  override readonly name = 'SweepLostError';
}

/** Finds transactions whose webhook never came, and makes them jobs. */
@Injectable()
export class BackfillPoller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly keyring: Keyring;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> = Promise.resolve();

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly sweeps: PollSweeps,
    private readonly client: StediClient,
    private readonly directory: ConnectionDirectory,
    private readonly workers: JobWorkers,
    private readonly metrics: ReportMetrics,
    private readonly config: StediReportsConfig,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  onApplicationBootstrap(): void {
    if (this.config.BACKFILL_INTERVAL_MS > 0) this.schedule(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.polling;
  }

  private schedule(delayMs: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.polling = this.pollDue().finally(() => {
        this.schedule(Math.min(LOOK_EVERY_MS, this.config.BACKFILL_INTERVAL_MS));
      });
    }, delayMs);
  }

  private async pollDue(): Promise<void> {
    try {
      await this.sweeps.enrol();
      while (!this.stopping.signal.aborted) {
        const sweep = await this.sweeps.take();
        if (!sweep) return;
        await this.poll(sweep);
      }
    } catch (error) {
      // The lease ends, and whoever takes the connection then goes on where the cursor stands.
      if (this.stopping.signal.aborted) return;
      this.logger.warn({ code: errorCode(error) }, 'polling failed, trying again');
    }
  }

  private async poll(sweep: Sweep): Promise<void> {
    const source = await this.sourceOf(sweep);
    if (!source) return this.sweeps.forget(sweep);
    const { outcome, reason, missed } = await this.walk(sweep, source);
    this.metrics.polls.inc({ outcome });
    const { tenant, connection } = sweep;
    this.logger.info({ tenant, connection, outcome, reason, missed }, 'transactions.polled');
  }

  private async sourceOf({ tenant, connection }: Sweep): Promise<PollSource | null> {
    const known = (await this.directory.load([connection])).get(`${tenant}/${connection}`);
    if (known?.kind !== 'settings') return null;
    const { reports, expectedAccounts = [] } = known.settings;
    if (!reports?.coreBaseUrl) return null;
    return { core: baseOf(reports.coreBaseUrl), apiKey: reports.apiKey, account: onlyOne(expectedAccounts) };
  }

  private async walk(
    sweep: Sweep,
    { core, apiKey, account }: PollSource,
  ): Promise<{ outcome: PollOutcome; reason?: string; missed: number }> {
    let missed = 0;
    for (let { pageToken } = sweep; ;) {
      const answer = await this.client.get(addressOf(core, sweep, pageToken), apiKey, this.stopping.signal);
      const page = answer.kind === 'ok' ? readPolledPage(answer.body, account) : null;
      if (!page) {
        const reason = answer.kind === 'ok' ? 'report_unreadable' : answer.reason;
        const fromStart = pageToken !== null && reason === 'report_request_invalid';
        await this.sweeps.putOff(sweep, Math.min(RETRY_MS, this.config.BACKFILL_INTERVAL_MS), fromStart);
        return { outcome: 'failed', reason, missed };
      }
      const next = nextOf(page, sweep, pageToken);
      try {
        missed += await this.keep(sweep, page, next);
      } catch (error) {
        if (error instanceof SweepLostError) return { outcome: 'lost', missed };
        throw error;
      }
      if (next === null) return { outcome: 'complete', missed };
      pageToken = next;
    }
  }

  /** A page's jobs and the cursor behind it, or neither. @returns how many transactions no webhook had announced */
  private async keep(sweep: Sweep, page: PolledPage, next: string | null): Promise<number> {
    const jobs = page.transactions
      .filter(({ processedAt }) => !isBeyond(sweep, processedAt))
      .flatMap((transaction) => toJob(sweep, transaction));
    const missed = await inTransaction(this.pool, async (client) => {
      const made = await insertJobs(client, this.keyring, jobs);
      await faultPoint('stedi-reports.before-cursor');
      if (!(await this.sweeps.save(client, sweep, next))) throw new SweepLostError('another process polls');
      return made;
    });
    this.metrics.missed.inc(missed);
    this.metrics.jobsAdded.inc({ origin: 'backfill' }, missed);
    if (missed > 0) this.workers.poke();
    return missed;
  }
}

const onlyOne = (accounts: NonNullable<ConnectionSettings['expectedAccounts']>): string | null =>
  accounts.length === 1 ? (accounts[0] ?? null) : null;

function addressOf(core: string, { from }: Sweep, pageToken: string | null): string {
  const query = new URLSearchParams({ pageSize: String(PAGE_SIZE) });
  if (pageToken === null) query.set('startDateTime', from);
  else query.set('pageToken', pageToken);
  return `${core}/polling/transactions?${query.toString()}`;
}

/** Its webhook may still be on the way. */
const isBeyond = ({ horizon }: Sweep, processedAt: string | null): boolean =>
  processedAt !== null && Date.parse(processedAt) > horizon.getTime();

/** Oldest first: behind the horizon nothing is left to find. A page always has a token, the last one has no items. */
function nextOf({ transactions, nextPageToken }: PolledPage, sweep: Sweep, current: string | null): string | null {
  const isLast = transactions.length === 0 || transactions.some(({ processedAt }) => isBeyond(sweep, processedAt));
  return isLast || nextPageToken === current ? null : nextPageToken;
}

function toJob({ tenant, connection }: Sweep, { event, body }: PolledTransaction): NewJob[] {
  if (event.kind !== 'transaction') return [];
  const headers = {
    // The id that its webhook would have had.
    id: rawEventId(tenant, 'stedi', event.transactionId),
    source: '/stedi-reports/backfill',
    type: 'stedi.transaction.processed.v2',
    time: new Date().toISOString(),
    tenant,
    connection,
    contentType: 'application/json',
  };
  const key = `${encodeURIComponent(tenant)}/${encodeURIComponent(event.transactionId)}`;
  return [
    { origin: 'backfill', headers, event, message: { key, value: Buffer.from(JSON.stringify(body)) }, source: null },
  ];
}
