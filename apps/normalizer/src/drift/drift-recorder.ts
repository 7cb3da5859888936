import { errorCode } from '@claimwire/kafka';
import type { Pool } from '@claimwire/postgres';
import type { RootLogger } from '@claimwire/service-host';
import type { DriftCount, SchemaDrift } from './schema-drift.js';

const EVERY_MS = 5_000;
/** Stored per provider; what comes beyond is counted under the path `*`. */
const MAX_PATHS = 500;

const ADD = `
  with counted as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
      as row (provider, path, kind, count, first_seen, last_seen)
  ), stored as (
    select provider, count(*) as paths from schema_drift group by provider
  ), bounded as (
    select provider, kind, count, first_seen, last_seen,
      case when coalesce(stored.paths, 0) < $7 or exists (select 1 from schema_drift known
        where (known.provider, known.path, known.kind) = (counted.provider, counted.path, counted.kind))
        then path else '*' end as path
    from counted left join stored using (provider)
  )
  insert into schema_drift as drift (provider, path, kind, count, first_seen, last_seen)
  select provider, path, kind, sum(count), min(first_seen), max(last_seen) from bounded
  group by provider, path, kind order by provider, path, kind
  on conflict (provider, path, kind) do update set count = drift.count + excluded.count,
    last_seen = greatest(drift.last_seen, excluded.last_seen)`;

/** Adds the counts of this replica to the table every few seconds. A crash loses those of the last seconds: they are a report. */
export class DriftRecorder {
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly drift: SchemaDrift,
    private readonly logger: Pick<RootLogger, 'warn'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.flush(), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.store(this.drift.take()));
    return this.flushing;
  }

  private async store(counts: DriftCount[]): Promise<void> {
    if (counts.length === 0) return;
    const column = <T>(read: (count: DriftCount) => T) => counts.map(read);
    try {
      await this.pool.query(ADD, [
        column(({ provider }) => provider),
        column(({ path }) => path),
        column(({ kind }) => kind),
        column(({ count }) => count),
        column(({ firstSeen }) => firstSeen),
        column(({ lastSeen }) => lastSeen),
        MAX_PATHS,
      ]);
    } catch (error) {
      this.drift.putBack(counts);
      this.logger.warn({ code: errorCode(error) }, 'schema drift not stored, trying again');
    }
  }
}
