import type { ConnectionSettings } from '@claimwire/provider-kit';
import type { Queryable } from './pool.js';

/** A connection as normalising needs it (libs/normalizing): no secrets. */
export interface StoredConnectionView {
  /** As posted to the API. */
  settings: ConnectionSettings;
  /** The tenant lets a provider's free text through. */
  freeText: boolean;
}

interface Row {
  id: string;
  settings: ConnectionSettings;
  free_text: boolean | null;
}

/** Every connection of every tenant, by id. */
export async function readConnectionViews(database: Queryable): Promise<Map<string, StoredConnectionView>> {
  const { rows } = await database.query<Row>(
    `select c.id, c.settings, (t.settings ->> 'freeText')::boolean as free_text
     from connections c join tenants t on t.id = c.tenant_id`,
  );
  return new Map(rows.map((row) => [row.id, { settings: row.settings, freeText: row.free_text === true }]));
}
