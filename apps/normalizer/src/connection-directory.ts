import type { ConnectionSettings } from '@claimwire/provider-kit';
import type { Pool } from '@claimwire/postgres';

/** What normalising needs to know of a connection. */
export interface ConnectionView {
  settings: ConnectionSettings;
  /** The tenant lets a provider's free text through. */
  freeText: boolean;
}

interface Row {
  id: string;
  settings: ConnectionSettings;
  free_text: boolean | null;
}

/** How long an unknown connection is believed to be unknown: raw events of a deleted one must not cost a query each. */
const UNKNOWN_FOR_MS = 1_000;

/** All connections in memory; read anew when told of a change, and for an id not seen before. */
export class ConnectionDirectory {
  private views = new Map<string, ConnectionView>();
  private readonly unknownSince = new Map<string, number>();
  private stale = true;

  constructor(private readonly pool: Pool) {}

  /** Something changed: read again before the next use. */
  invalidate(): void {
    this.stale = true;
  }

  /** @returns views of those that exist */
  async find(ids: Iterable<string>): Promise<ReadonlyMap<string, ConnectionView>> {
    const now = performance.now();
    const missing = [...new Set(ids)].filter((id) => !this.views.has(id) && !this.isKnownAsUnknown(id, now));
    if (this.stale || missing.length > 0) await this.load();
    for (const id of missing) if (!this.views.has(id)) this.unknownSince.set(id, now);
    return this.views;
  }

  private isKnownAsUnknown(id: string, now: number): boolean {
    return now - (this.unknownSince.get(id) ?? -Infinity) < UNKNOWN_FOR_MS;
  }

  private async load(): Promise<void> {
    // Before the query: a change that commits while it runs must cause another one.
    this.stale = false;
    try {
      const { rows } = await this.pool.query<Row>(
        `select c.id, c.settings, (t.settings ->> 'freeText')::boolean as free_text
         from connections c join tenants t on t.id = c.tenant_id`,
      );
      this.views = new Map(rows.map((row) => [row.id, { settings: row.settings, freeText: row.free_text === true }]));
      this.unknownSince.clear();
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }
}
