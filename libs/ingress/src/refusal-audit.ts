import { PG_POOL, type Pool } from '@claimwire/postgres';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import type { ConnectionConfig } from '@claimwire/provider-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';

const MINUTE_MS = 60_000;

/** One row per connection and minute over all replicas; a tenant's newest rows are enough to see whether it is there. */
const INSERT = `
  insert into audit_log (tenant_id, actor, action, target, detail)
  select $1, $2, 'webhook.refused', $3, $4::jsonb
  where not exists (
    select from (select action, target, detail from audit_log where tenant_id = $1 order by id desc limit 200) recent
    where action = 'webhook.refused' and target = $3 and detail ->> 'minute' = $4::jsonb ->> 'minute')`;

/**
 * Audits refused webhooks: the first of a connection in a minute writes the minute's row at once, with its reason. How
 * many there were is in the metrics: a row that is updated would not be append-only, and one per request would let
 * anybody with a URL fill the table.
 */
@Injectable()
export class RefusalAudit implements OnApplicationShutdown {
  private readonly audited = new Map<string, number>();
  private readonly writing = new Set<Promise<void>>();

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  /** Returns at once: a slow database must not delay the 401. */
  record(connection: ConnectionConfig, reason: string, now: Date): void {
    const minute = Math.floor(now.getTime() / MINUTE_MS);
    if (this.audited.get(connection.id) === minute) return;
    this.audited.set(connection.id, minute);
    const write = this.write(connection, reason, minute).finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing);
  }

  private async write({ id, tenant, provider }: ConnectionConfig, reason: string, minute: number): Promise<void> {
    const detail = { provider, reason, minute: new Date(minute * MINUTE_MS).toISOString() };
    try {
      await this.pool.query(INSERT, [tenant, `ingress-${provider}`, id, JSON.stringify(detail)]);
    } catch (error) {
      // The next refusal of this minute tries again.
      this.audited.delete(id);
      this.logger.warn({ err: error, connection: id }, 'a refused webhook could not be audited');
    }
  }
}
