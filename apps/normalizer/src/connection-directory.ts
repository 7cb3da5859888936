import type { ConnectionView } from '@claimwire/normalizing';
import { readConnectionViews, type Pool } from '@claimwire/postgres';

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
      this.views = await readConnectionViews(this.pool);
      this.unknownSince.clear();
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }
}
