import { createHash, randomBytes } from 'node:crypto';
import { inTransaction, type Pool, type PoolClient } from '@claimwire/postgres';
import { auditCli } from '../audit-cli.js';

/** Where the new key goes. */
export interface KeyPlace {
  /** For people, for example "the file /run/key". */
  readonly name: string;
  /** @throws where it cannot be kept; nothing of it is there then */
  write(key: string): Promise<void>;
  /** Takes it back: the database does not know of the key after all. */
  remove(): Promise<void>;
}

export interface Bootstrapped {
  keyId: string;
  expiresAt: Date;
}

/** Somebody made the first key before. */
export class AlreadyBootstrappedError extends Error {
  constructor(
    readonly keyId: string,
    readonly at: Date,
  ) {
    super('the platform was bootstrapped before');
  }
}

/** Any constant that nothing else locks by: "bootstrap" in letters of a telephone. */
const BOOTSTRAP_LOCK = 266787277;

/**
 * Makes the first platform-admin key, good for 24 hours: two runs at once make one. The key is written while the transaction
 * is open, so that it is never lost behind a marker, and taken back where the commit fails.
 * @throws AlreadyBootstrappedError unless forceNew, which revokes the key of before
 */
export async function bootstrapPlatform(
  pool: Pool,
  place: KeyPlace,
  { forceNew }: { forceNew: boolean },
): Promise<Bootstrapped> {
  let isWritten = false;
  try {
    return await inTransaction(pool, async (client) => {
      const earlier = await takeTurn(client);
      if (earlier && !forceNew) throw new AlreadyBootstrappedError(earlier.key_id, earlier.bootstrapped_at);
      const key = `cw_live_${randomBytes(24).toString('hex')}`;
      const made = await insertKey(client, key);
      await client.query(
        `insert into platform_bootstrap (key_id) values ($1)
         on conflict (singleton) do update set key_id = excluded.key_id, bootstrapped_at = now()`,
        [made.keyId],
      );
      if (earlier) {
        await client.query('update api_keys set revoked_at = now() where id = $1 and revoked_at is null', [
          earlier.key_id,
        ]);
        await auditCli(client, 'api_key.revoked', earlier.key_id, { bootstrap: true });
      }
      await auditCli(client, 'platform.bootstrapped', made.keyId, {
        scope: 'platform-admin',
        forced: Boolean(earlier),
      });
      await place.write(key);
      isWritten = true;
      return made;
    });
  } catch (error) {
    if (isWritten) await place.remove();
    throw error;
  }
}

async function takeTurn(client: PoolClient) {
  // Writing the key may take longer than a transaction may be idle otherwise.
  await client.query(`set local idle_in_transaction_session_timeout = '60s'`);
  await client.query('select pg_advisory_xact_lock($1)', [BOOTSTRAP_LOCK]);
  const { rows } = await client.query<{ key_id: string; bootstrapped_at: Date }>(
    'select key_id, bootstrapped_at from platform_bootstrap',
  );
  return rows[0];
}

async function insertKey(client: PoolClient, key: string): Promise<Bootstrapped> {
  const keyId = `key_${randomBytes(16).toString('hex')}`;
  const { rows } = await client.query<{ expires_at: Date }>(
    `insert into api_keys (id, tenant_id, name, scope, hash, expires_at)
     values ($1, null, 'bootstrap', 'platform-admin', $2, now() + interval '24 hours') returning expires_at`,
    [keyId, createHash('sha256').update(key).digest()],
  );
  return { keyId, expiresAt: rows[0]!.expires_at };
}
