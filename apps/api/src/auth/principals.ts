import { Inject, Injectable } from '@nestjs/common';
import { ApiKey, DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import { hashApiKey } from './api-key-text.js';
import type { Principal } from './caller.js';
import { JwtVerifier } from './jwt-verifier.js';

/** A key that was good once: the audit log can say whose. */
export class EndedKeyProblem extends Problem {
  constructor(
    readonly actor: string,
    readonly tenant: string | null,
    readonly reason: 'revoked' | 'expired',
  ) {
    super(401, NOT_VALID);
  }
}

const NOT_VALID = 'The bearer token is not valid.';
const API_KEY = /^cw_[A-Za-z0-9_-]{20,200}$/;

/** Who a bearer token belongs to. */
@Injectable()
export class Principals {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly jwt: JwtVerifier,
  ) {}

  /** @throws Problem 401; it does not say whether the token is unknown, expired or revoked */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Problem(401, 'Send an API key as "Authorization: Bearer <key>".');
    const principal = API_KEY.test(token) ? await this.byApiKey(token) : await this.jwt.verify(token);
    if (!principal) throw new Problem(401, NOT_VALID);
    return principal;
  }

  private async byApiKey(key: string): Promise<Principal | null> {
    const { entities, raw } = await this.dataSource
      .getRepository(ApiKey)
      .createQueryBuilder('key')
      .addSelect('coalesce(key.expires_at <= now(), false)', 'expired')
      .where('key.hash = :hash', { hash: hashApiKey(key) })
      .getRawAndEntities<{ expired: boolean }>();
    const [found] = entities;
    if (!found) return null;
    if (found.revokedAt) throw new EndedKeyProblem(found.id, found.tenantId, 'revoked');
    if (raw[0]?.expired) throw new EndedKeyProblem(found.id, found.tenantId, 'expired');
    return { actor: found.id, scope: found.scope, tenant: found.tenantId };
  }
}
