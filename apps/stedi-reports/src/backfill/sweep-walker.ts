import { rawEventId } from '@claimwire/contracts';
import { Keyring } from '@claimwire/keyring';
import { inTransaction, PG_POOL, type Pool } from '@claimwire/postgres';
import type { ConnectionSettings } from '@claimwire/provider-kit';
import { type PolledPage, type PolledTransaction, readPolledPage } from '@claimwire/provider-stedi';
import { faultPoint } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { baseOf } from '../fetch/fetch-report.js';
import { StediClient } from '../fetch/stedi-client.js';
import { insertJobs } from '../jobs/insert-jobs.js';
import type { NewJob } from '../jobs/job.js';
import type { PollOutcome } from '../metrics.js';
import { PollSweeps, type Sweep } from './poll-sweeps.js';

const PAGE_SIZE = 500;
const RETRY_MS = 60_000;
/** Then the connection stands behind those that are due longer: a long list does not keep the others waiting. */
const PAGES_AT_ONCE = 20;

interface PollSource {
  core: string;
  apiKey: string;
  /** The key's account, where the connection names exactly one. */
  account: string | null;
}

export interface Walked {
  outcome: PollOutcome;
  reason?: string;
  /** Transactions that no webhook had announced. */
  missed: number;
}

/** Another process has the connection by now. */
class SweepLostError extends Error {
  override readonly name = 'SweepLostError';
}

/** Walks over the pages of one sweep and makes jobs of what it finds. */
@Injectable()
export class SweepWalker {
  private readonly keyring: Keyring;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly sweeps: PollSweeps,
    private readonly client: StediClient,
    private readonly directory: ConnectionDirectory,
    private readonly config: StediReportsConfig,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  /**
   * @returns null where the connection names nothing to poll
   * @throws when PostgreSQL fails, or the signal is aborted: the cursor stands behind the last page that was kept
   */
  async walk(sweep: Sweep, signal: AbortSignal): Promise<Walked | null> {
    const source = await this.sourceOf(sweep);
    if (!source) {
      await this.sweeps.forget(sweep);
      return null;
    }
    try {
      return await this.pages(sweep, source, signal);
    } catch (error) {
      if (error instanceof SweepLostError) return { outcome: 'lost', missed: 0 };
      throw error;
    }
  }

  private async sourceOf({ tenant, connection }: Sweep): Promise<PollSource | null> {
    const known = (await this.directory.load([connection])).get(`${tenant}/${connection}`);
    if (known?.kind !== 'settings') return null;
    const { reports, expectedAccounts = [] } = known.settings;
    if (!reports?.coreBaseUrl) return null;
    return { core: baseOf(reports.coreBaseUrl), apiKey: reports.apiKey, account: onlyOne(expectedAccounts) };
  }

  private async pages(sweep: Sweep, source: PollSource, signal: AbortSignal): Promise<Walked> {
    // Of a new connection, say: whatever there is still has time for its webhook.
    if (sweep.horizon <= sweep.from) {
      await this.sweeps.skip(sweep);
      return { outcome: 'complete', missed: 0 };
    }
    let missed = 0;
    let { pageToken } = sweep;
    for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
      const answer = await this.client.get(addressOf(source.core, sweep, pageToken), source.apiKey, signal);
      const page = answer.kind === 'ok' ? readPolledPage(answer.body, source.account) : null;
      if (!page) {
        const reason = answer.kind === 'ok' ? 'report_unreadable' : answer.reason;
        const fromStart = pageToken !== null && reason === 'report_request_invalid';
        await this.sweeps.putOff(sweep, Math.min(RETRY_MS, this.config.BACKFILL_INTERVAL_MS), reason, fromStart);
        return { outcome: 'failed', reason, missed };
      }
      const next = nextOf(page, sweep, pageToken);
      missed += await this.keep(sweep, page.transactions, next);
      if (next === null) return { outcome: 'complete', missed };
      pageToken = next;
    }
    await this.sweeps.putOff(sweep, 0);
    return { outcome: 'interrupted', missed };
  }

  /** A page's jobs and the cursor behind it, or neither. @returns how many transactions no webhook had announced */
  private async keep(sweep: Sweep, transactions: readonly PolledTransaction[], next: string | null): Promise<number> {
    const jobs = transactions
      .filter(({ processedAt }) => !isBeyond(sweep, processedAt))
      .flatMap((transaction) => toJob(sweep, transaction));
    return inTransaction(this.pool, async (client) => {
      // First the connection's row, then its jobs, as whoever resumes a connection: never a deadlock.
      if (!(await this.sweeps.save(client, sweep, next))) throw new SweepLostError('another process polls');
      const made = await insertJobs(client, this.keyring, jobs);
      await this.sweeps.found(client, sweep, made);
      await faultPoint('stedi-reports.before-cursor');
      return made;
    });
  }
}

const onlyOne = (accounts: NonNullable<ConnectionSettings['expectedAccounts']>): string | null =>
  accounts.length === 1 ? (accounts[0] ?? null) : null;

/** Stedi lists what was processed after the start, not at it: a transaction of that very millisecond would be missed. */
const justBefore = (time: Date): string => new Date(time.getTime() - 1).toISOString();

function addressOf(core: string, { from }: Sweep, pageToken: string | null): string {
  const query = new URLSearchParams({ pageSize: String(PAGE_SIZE) });
  if (pageToken === null) query.set('startDateTime', justBefore(from));
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
