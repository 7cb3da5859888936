import { Keyring } from '@claimwire/keyring';
import { PG_POOL, type Pool, type Queryable } from '@claimwire/postgres';
import type { ConnectionSettings } from '@claimwire/provider-kit';
import { Inject, Injectable } from '@nestjs/common';
import { StediReportsConfig } from './config.js';

export type KnownSettings =
  | {
      kind: 'settings';
      settings: ConnectionSettings;
      /** connections.updated_at to the microsecond, which a Date would cut. */
      version: string;
    }
  | { kind: 'unreadable' };

interface Row {
  id: string;
  tenant_id: string;
  sealed: Buffer;
  version: string;
}

/** Settings of Stedi connections, API keys included: read anew for each turn, so that a change holds at once. */
@Injectable()
export class ConnectionDirectory {
  private readonly keyring: Keyring;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    config: StediReportsConfig,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  /** By `<tenant>/<connection>`: a connection id alone is no proof of whose it is. Absent = there is no such connection. */
  async load(connections: readonly string[], on: Queryable = this.pool): Promise<Map<string, KnownSettings>> {
    if (connections.length === 0) return new Map();
    const { rows } = await on.query<Row>(
      `select id, tenant_id, sealed, updated_at::text as version from connections
       where provider = 'stedi' and id = any($1)`,
      [connections],
    );
    return new Map(rows.map((row) => [`${row.tenant_id}/${row.id}`, this.open(row)]));
  }

  private open({ id, tenant_id: tenant, sealed, version }: Row): KnownSettings {
    try {
      const text = this.keyring.open(sealed, { tenant, table: 'connections', row: id, column: 'sealed' });
      const { settings } = JSON.parse(text) as { settings?: ConnectionSettings };
      return { kind: 'settings', settings: settings ?? {}, version };
    } catch {
      return { kind: 'unreadable' };
    }
  }
}
