import { createHash, randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import type { Scheme } from './schemes.js';

const TENANT = 'bench';

/** A database with one connection per scheme, as the API stores them. */
export class BenchConnections {
  readonly keyringText = `k1:${randomBytes(32).toString('base64')}`;
  private readonly keyring = Keyring.parse(this.keyringText);
  private readonly tokens = new Map<string, string>();

  private constructor(readonly database: TestDatabase) {}

  static async create(schemes: readonly Scheme[]): Promise<BenchConnections> {
    const connections = new BenchConnections(await createTestDatabase());
    const pool = createPool(connections.database.url, 1);
    try {
      await pool.query('insert into tenants (id, name) values ($1, $1)', [TENANT]);
      for (const scheme of schemes) await connections.insert(pool, scheme);
    } finally {
      await pool.end();
    }
    return connections;
  }

  /** @returns the URL token of the scheme's connection */
  tokenOf({ name }: Scheme): string {
    return this.tokens.get(name) as string;
  }

  private async insert(pool: Pool, { name, provider, auth }: Scheme): Promise<void> {
    const id = `con_${name}`;
    const posted = Object.fromEntries(Object.entries(auth).filter(([field]) => field !== 'privateKeyPem'));
    await pool.query(
      `insert into connections (id, tenant_id, provider, name, auth, settings, sealed)
       values ($1, $2, $3, $1, '{}', '{}', $4)`,
      [id, TENANT, provider, this.seal(JSON.stringify({ auth: posted, settings: {} }), 'connections', id)],
    );
    const token = randomBytes(16).toString('base64url');
    await pool.query('insert into connection_tokens (token_hash, connection_id, sealed) values ($1, $2, $3)', [
      createHash('sha256').update(token).digest(),
      id,
      this.seal(token, 'connection_tokens', id),
    ]);
    this.tokens.set(name, token);
  }

  private seal(text: string, tableName: string, row: string): Buffer {
    return this.keyring.seal(text, { tenant: TENANT, table: tableName, row, column: 'sealed' });
  }
}
