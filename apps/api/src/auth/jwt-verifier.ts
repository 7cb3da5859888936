import { Injectable } from '@nestjs/common';
import type { ApiKeyScope } from '@claimwire/postgres/schema';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { ApiConfig, OIDC_ALGORITHMS } from '../config.js';
import { Problem } from '../http/problem.js';
import type { Principal } from './caller.js';

const SCOPES: readonly ApiKeyScope[] = ['viewer', 'operator', 'owner', 'platform-admin'];
const CLOCK_SKEW_SECONDS = 30;
/** What jose throws when the keys cannot be fetched: our outage or the identity provider's, never the caller's fault. */
const UNAVAILABLE = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'];

/** Checks JWTs of the configured OpenID Connect issuer; without one every JWT is refused. */
@Injectable()
export class JwtVerifier {
  private readonly keys: JWTVerifyGetKey | undefined;

  constructor(private readonly config: ApiConfig) {
    this.keys = config.OIDC_JWKS_URL ? createRemoteJWKSet(new URL(config.OIDC_JWKS_URL)) : undefined;
  }

  /** @returns null when the token is not acceptable */
  async verify(token: string): Promise<Principal | null> {
    if (!this.keys) return null;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer: this.config.OIDC_ISSUER,
        audience: this.config.OIDC_AUDIENCE,
        algorithms: OIDC_ALGORITHMS,
        clockTolerance: CLOCK_SKEW_SECONDS,
        requiredClaims: ['sub', 'exp'],
      });
      return this.toPrincipal(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError && !UNAVAILABLE.includes(error.code)) return null;
      throw new Problem(503, 'The keys of the identity provider cannot be read now.');
    }
  }

  private toPrincipal(payload: JWTPayload): Principal | null {
    const scope = SCOPES.find((known) => known === payload[this.config.OIDC_SCOPE_CLAIM]);
    const tenant = payload[this.config.OIDC_TENANT_CLAIM];
    if (scope === undefined) return null;
    const actor = `oidc:${payload.sub}`;
    if (scope === 'platform-admin') return { actor, scope, tenant: null };
    return typeof tenant === 'string' && tenant !== '' ? { actor, scope, tenant } : null;
  }
}
