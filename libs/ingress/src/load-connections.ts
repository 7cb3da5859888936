import { hash } from 'node:crypto';
import type { Keyring } from '@claimwire/keyring';
import type { Queryable } from '@claimwire/postgres';
import type { ConnectionConfig } from '@claimwire/provider-kit';

/** A URL token and the connection it opens; `config` is null where its secrets cannot be opened. */
export interface TokenEntry {
  /** Hex SHA-256 of the token. */
  hash: string;
  connection: string;
  notAfter: Date | null;
  config: ConnectionConfig | null;
}

interface Row {
  id: string;
  tenant_id: string;
  sealed: Buffer;
  token_hash: Buffer;
  not_after: Date | null;
}

const SELECT = `
  select c.id, c.tenant_id, c.sealed, t.token_hash, t.not_after
  from connections c join connection_tokens t on t.connection_id = c.id
  where c.provider = $1 and (t.not_after is null or t.not_after > now())`;

export const hashToken = (token: string): string => hash('sha256', token, 'hex');

/** Reads a provider's connections and their tokens, secrets opened. */
export class ConnectionLoader {
  constructor(
    private readonly db: Queryable,
    private readonly keyring: Keyring,
    private readonly provider: string,
  ) {}

  async loadAll(): Promise<TokenEntry[]> {
    return this.open(await this.select<Row>(SELECT, [this.provider]));
  }

  async loadByHashes(hashes: readonly string[]): Promise<TokenEntry[]> {
    const binary = hashes.map((hash) => Buffer.from(hash, 'hex'));
    return this.open(await this.select<Row>(`${SELECT} and t.token_hash = any($2::bytea[])`, [this.provider, binary]));
  }

  /** Raised by every change of configuration. Compare it, never count with it: unrelated changes raise it too. */
  async configurationVersion(): Promise<string> {
    const [row] = await this.select<{ last_value: string }>('select last_value from configuration_version', []);
    return row!.last_value;
  }

  private async select<R extends object>(text: string, values: unknown[]): Promise<R[]> {
    return (await this.db.query<R>(text, values)).rows;
  }

  private open(rows: readonly Row[]): TokenEntry[] {
    const configs = new Map<string, ConnectionConfig | null>();
    return rows.map((row) => {
      // One object per connection, however many tokens: providers keep prepared keys by it.
      if (!configs.has(row.id)) configs.set(row.id, this.openConnection(row));
      return {
        hash: row.token_hash.toString('hex'),
        connection: row.id,
        notAfter: row.not_after,
        config: configs.get(row.id) ?? null,
      };
    });
  }

  private openConnection({ id, tenant_id: tenant, sealed }: Row): ConnectionConfig | null {
    try {
      const context = { tenant, table: 'connections', row: id, column: 'sealed' };
      const opened = JSON.parse(this.keyring.open(sealed, context)) as Pick<ConnectionConfig, 'auth' | 'settings'>;
      return { id, tenant, provider: this.provider, auth: opened.auth, settings: opened.settings };
    } catch {
      return null;
    }
  }
}
