import type { Connection } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import type { ConnectionSettingsDto } from './connections.dto.js';
import type { BackfillView, ReportStandingView } from './report-standing.dto.js';

interface Row {
  id: string;
  paused_at: Date | null;
  pause_reason: string | null;
  waiting: string;
  oldest: Date | null;
  poll_from: Date | null;
  polled_at: Date | null;
  poll_failure: string | null;
  poll_failed_at: Date | null;
  missed: string | null;
  missed_at: Date | null;
}

/** A pause is over as soon as the connection was changed, whether stedi-reports has seen that or not. */
const STANDINGS = `
  select c.id, jobs.waiting, jobs.oldest, s.poll_from, s.polled_at, s.poll_failure, s.poll_failed_at, s.missed, s.missed_at,
    case when s.paused_version = c.updated_at then s.paused_at end as paused_at,
    case when s.paused_version = c.updated_at then s.pause_reason end as pause_reason
  from connections c
  left join stedi_report_connections s on s.connection_id = c.id and s.tenant_id = c.tenant_id
  cross join lateral (
    select count(*) as waiting, min(created_at) as oldest from stedi_jobs
    where connection_id = c.id and tenant_id = c.tenant_id and state = 'waiting') jobs
  where c.tenant_id = $1 and c.id = any($2)`;

const REMEDY =
  'Stedi refuses settings.reports.apiKey (401 or 403): save the connection with a key that may read reports. ' +
  'What waits is then fetched by itself.';

/** By connection; only those of them that fetch reports. */
export async function reportStandings(
  manager: EntityManager,
  tenant: string,
  connections: readonly Connection[],
): Promise<Map<string, ReportStandingView>> {
  const fetching = new Map(connections.filter((one) => reportsOf(one)).map((one) => [one.id, one]));
  if (fetching.size === 0) return new Map();
  const rows: Row[] = await manager.query(STANDINGS, [tenant, [...fetching.keys()]]);
  return new Map(rows.map((row) => [row.id, toView(row, reportsOf(fetching.get(row.id))?.coreBaseUrl !== undefined)]));
}

const reportsOf = (connection: Connection | undefined) =>
  (connection?.settings as ConnectionSettingsDto | undefined)?.reports;

const at = (time: Date | null): string | null => time?.toISOString() ?? null;

function toView(row: Row, isPolled: boolean): ReportStandingView {
  const paused = row.paused_at !== null;
  return {
    state: paused ? 'paused' : 'running',
    reason: row.pause_reason,
    since: at(row.paused_at),
    remedy: paused ? REMEDY : null,
    waiting: Number(row.waiting),
    oldestWaitingSince: at(row.oldest),
    backfill: isPolled ? backfillOf(row) : null,
  };
}

const backfillOf = (row: Row): BackfillView => ({
  cursor: at(row.poll_from),
  lastPolledAt: at(row.polled_at),
  failure: row.poll_failure,
  failedAt: at(row.poll_failed_at),
  missed: Number(row.missed ?? 0),
  lastMissedAt: at(row.missed_at),
});
