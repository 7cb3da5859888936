import { Inject, Injectable } from '@nestjs/common';
import { ApiKey, DATA_SOURCE } from '@claimwire/postgres';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import { hashApiKey } from './api-key-text.js';
import type { Principal } from './caller.js';
import { JwtVerifier } from './jwt-verifier.js';

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
    if (!principal) throw new Problem(401, 'The bearer token is not valid.');
    return principal;
  }

  private async byApiKey(key: string): Promise<Principal | null> {
    const found = await this.dataSource
      .getRepository(ApiKey)
      .createQueryBuilder('key')
      .where('key.hash = :hash', { hash: hashApiKey(key) })
      .andWhere('key.revoked_at is null and (key.expires_at is null or key.expires_at > now())')
      .getOne();
    return found && { actor: found.id, scope: found.scope, tenant: found.tenantId };
  }
}
