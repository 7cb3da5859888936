import { fingerprintBy, type Keyring } from '@claimwire/keyring';
import { withValues, type KeptStatement } from './kept-statement.js';
import type { Queryable } from './pool.js';

const PURPOSE = 'erased claims';

/** Where the hashing key of a ring's key rests (erasure_keys.sealed). */
const placeOf = (keyId: string) => ({ tenant: '', table: 'erasure_keys', row: keyId, column: 'sealed' });

/** @returns what erasure_keys.sealed holds: with it the ring's key itself is needed no longer @throws SealError */
export const sealErasureKey = (keyring: Keyring, keyId: string): Buffer =>
  keyring.seal(keyring.fingerprintKey(PURPOSE, keyId).toString('base64'), placeOf(keyId));

/**
 * The ledger of erased claims cannot be read: to go on would bring them back. Not the fault of any one message, so it is no
 * reason to quarantine one.
 */
export class ErasureKeyMissingError extends Error {
  readonly code = 'erasure_key_missing';
  override readonly name = 'ErasureKeyMissingError';

  constructor(keyId: string) {
    super(
      `claims were erased under the key "${keyId}", which is not in CLAIMWIRE_KEYRING: without it they would come back`,
    );
  }
}

/** A key that claims were erased under. */
export interface ErasureKeyRow {
  key_id: string;
  sealed: Buffer | null;
}

const KEYS: KeptStatement = { name: 'erasure_keys_read', text: 'select key_id, sealed from erasure_keys' };

/** The keys in use: none where nothing was ever erased. */
export async function readErasureKeys(client: Queryable): Promise<ErasureKeyRow[]> {
  return (await client.query<ErasureKeyRow>(withValues(KEYS, [], 1))).rows;
}

/** Which claims were erased (erased_claims): by fingerprints, so that the table says of no claim that it existed. */
export class ErasureLedger {
  /** @param keyring null where the setting is absent: enough as long as nothing is erased */
  constructor(private readonly keyring: Keyring | null) {}

  /**
   * Those among the claims that were erased. A claim with a row in `claims` never is one for longer than its erasure takes:
   * ask for those without a row, after the rows are locked.
   * @param known the keys in use where they were read already, after the rows were locked
   * @throws ErasureKeyMissingError
   */
  async among(
    client: Queryable,
    claimKeys: readonly string[],
    known?: readonly ErasureKeyRow[],
  ): Promise<ReadonlySet<string>> {
    const keys = claimKeys.length === 0 ? [] : await this.keysInUse(client, known);
    if (keys.length === 0) return new Set();
    const claims = new Map(
      keys.flatMap((key) => claimKeys.map((claimKey) => [fingerprintBy(key, claimKey).toString('hex'), claimKey])),
    );
    const { rows } = await client.query<{ hash: string }>(
      `select encode(hash, 'hex') as hash from erased_claims
       where hash in (select decode(h, 'hex') from unnest($1::text[]) as h)`,
      [[...claims.keys()]],
    );
    return new Set(rows.map(({ hash }) => claims.get(hash)!));
  }

  /** @returns when the claim was erased first: now, unless it was before */
  async add(client: Queryable, tenant: string, claimKey: string): Promise<Date> {
    if (this.keyring === null) throw new ErasureKeyMissingError('none');
    if ((await this.among(client, [claimKey])).size === 0) {
      const { keyId, hash } = this.keyring.fingerprint(PURPOSE, claimKey);
      await client.query('insert into erasure_keys (key_id, sealed) values ($1, $2) on conflict do nothing', [
        keyId,
        sealErasureKey(this.keyring, keyId),
      ]);
      await client.query(
        'insert into erased_claims (hash, key_id, tenant_id) values ($1, $2, $3) on conflict do nothing',
        [hash, keyId, tenant],
      );
    }
    const hashes = (await this.keysInUse(client)).map((key) => fingerprintBy(key, claimKey));
    const { rows } = await client.query<{ erased_at: Date }>(
      'select min(erased_at) as erased_at from erased_claims where hash = any($1::bytea[])',
      [hashes],
    );
    return rows[0]!.erased_at;
  }

  /** Name of the claim where it must be named and may not be: in the audit log. */
  reference(claimKey: string): string {
    if (this.keyring === null) throw new ErasureKeyMissingError('none');
    return `erased:${this.keyring.fingerprint(PURPOSE, claimKey).hash.toString('hex').slice(0, 32)}`;
  }

  private async keysInUse(client: Queryable, known?: readonly ErasureKeyRow[]): Promise<Buffer[]> {
    const rows = known ?? (await readErasureKeys(client));
    return rows.map(({ key_id, sealed }) => this.hashingKey(key_id, sealed));
  }

  private hashingKey(keyId: string, sealed: Buffer | null): Buffer {
    if (this.keyring?.keyIds.includes(keyId)) return this.keyring.fingerprintKey(PURPOSE, keyId);
    try {
      if (this.keyring && sealed) return Buffer.from(this.keyring.open(sealed, placeOf(keyId)), 'base64');
    } catch {
      // Sealed with a key that is not in the ring either.
    }
    throw new ErasureKeyMissingError(keyId);
  }
}
