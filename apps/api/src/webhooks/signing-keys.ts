import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import type { RotateSigningKey, RotatedSigningKey } from './signing-keys.dto.js';

/** How long a verifier may keep the key set; a new key is published for at least this long before it is used. */
export const JWKS_MAX_AGE_SECONDS = 300;
const MODULUS_BITS = 2048;

interface KeySet {
  keys: { kid: string; kty: string; n: string; e: string; alg: 'RS256'; use: 'sig' }[];
}

/** Makes, replaces and publishes the keys that sign deliveries as JWTs: one of each tenant, and for a while the one before. */
@Injectable()
export class SigningKeys {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
  ) {}

  /** The tenant has a key when the transaction is committed, and only one however many ask at once. */
  async ensure(manager: EntityManager, caller: Caller): Promise<void> {
    await lock(manager, caller);
    const current = `select 1 from signing_keys where tenant_id = $1 and published_until is null`;
    const found = await manager.query<unknown[]>(current, [caller.tenant]);
    if (found.length === 0) await this.add(manager, caller, new Date());
  }

  async rotate(
    caller: Caller,
    { publishSeconds, overlapSeconds }: RotateSigningKey,
    now = new Date(),
  ): Promise<RotatedSigningKey> {
    return this.dataSource.transaction(async (manager) => {
      await lock(manager, caller);
      const signsFrom = new Date(now.getTime() + publishSeconds * 1000);
      const until = new Date(signsFrom.getTime() + overlapSeconds * 1000);
      await manager.query(
        `update signing_keys set published_until = least(published_until, $2::timestamptz) where tenant_id = $1`,
        [caller.tenant, until],
      );
      const kid = await this.add(manager, caller, signsFrom);
      return { kid, signsFrom: signsFrom.toISOString(), earlierPublishedUntil: until.toISOString() };
    });
  }

  /** The public keys of all tenants. A key id says nothing about whose it is. */
  async published(): Promise<KeySet> {
    const rows = await this.dataSource.query<{ kid: string; public_jwk: { kty: string; n: string; e: string } }[]>(
      `select kid, public_jwk from signing_keys where published_until is null or published_until > now() order by kid`,
    );
    return { keys: rows.map(({ kid, public_jwk: key }) => ({ ...key, kid, alg: 'RS256', use: 'sig' })) };
  }

  private async add(manager: EntityManager, caller: Caller, signsFrom: Date): Promise<string> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
    const { kty, n, e } = publicKey.export({ format: 'jwk' });
    // RFC 7638: members in this order, no spaces
    const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const sealed = this.keyring.seal(pem, { tenant: caller.tenant, table: 'signing_keys', row: kid, column: 'sealed' });
    await manager.query(
      `insert into signing_keys (kid, tenant_id, public_jwk, sealed, signs_from) values ($1, $2, $3, $4, $5)`,
      [kid, caller.tenant, JSON.stringify({ kty, n, e }), sealed, signsFrom],
    );
    await audit(manager, caller, 'signing_key.created', kid);
    return kid;
  }
}

/** Until the transaction ends. */
const lock = (manager: EntityManager, { tenant }: Caller) =>
  manager.query(`select pg_advisory_xact_lock(hashtextextended('signing_keys/' || $1, 0))`, [tenant]);
