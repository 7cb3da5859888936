import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DATA_SOURCE, Tenant, type ApiKeyScope } from '@claimwire/postgres/schema';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit.js';
import { NOBODY, RefusedAccess } from '../audit/refused-access.js';
import { ApiConfig } from '../config.js';
import { notFound, Problem } from '../http/problem.js';
import { setPrincipal, type Principal } from './caller.js';
import { EndedKeyProblem, Principals } from './principals.js';
import { includesScope, PUBLIC, REQUIRED_SCOPE } from './requires.js';

/** Before every handler: who asks, for which tenant, and whether the scope is enough. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly principals: Principals,
    private readonly config: ApiConfig,
    private readonly refused: RefusedAccess,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(PUBLIC, context.getHandler())) return true;
    const required = this.reflector.get<ApiKeyScope | undefined>(REQUIRED_SCOPE, context.getHandler());
    if (!required) throw new Problem(403, 'Nobody may use this route.');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.authenticate(request);
    try {
      if (!includesScope(principal.scope, required)) throw new Problem(403, `This needs the scope ${required}.`);
      setPrincipal(request, await this.withTenant(principal, required, request));
    } catch (error) {
      if (error instanceof Problem) await this.refused.record(principal, error.status, 'not_allowed', request);
      throw error;
    }
    return true;
  }

  private async authenticate(request: FastifyRequest): Promise<Principal> {
    try {
      return await this.principals.authenticate(request.headers.authorization);
    } catch (error) {
      if (error instanceof EndedKeyProblem) await this.refused.record(error, 401, error.reason, request);
      else if (error instanceof Problem && error.status === 401) {
        const reason = request.headers.authorization === undefined ? 'missing' : 'unknown';
        await this.refused.record(NOBODY, 401, reason, request);
      }
      throw error;
    }
  }

  private async withTenant(principal: Principal, required: ApiKeyScope, request: FastifyRequest): Promise<Principal> {
    const header = request.headers['claimwire-tenant'];
    const named = Array.isArray(header) ? header[0] : header;
    if (principal.scope !== 'platform-admin') {
      if (named === undefined || named === principal.tenant) return principal;
      throw new Problem(403, 'Only a platform-admin may name a tenant by the header claimwire-tenant.');
    }
    const tenant = named ?? this.config.DEV_ADMIN_TENANT;
    if (required === 'platform-admin' || tenant === undefined) return principal;
    if (!(await this.dataSource.getRepository(Tenant).existsBy({ id: tenant }))) {
      if (named === undefined) return principal;
      throw notFound('tenant');
    }
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const acting = { ...principal, tenant };
    await audit(this.dataSource.manager, acting, 'tenant.acted_as', tenant, { route });
    return acting;
  }
}
