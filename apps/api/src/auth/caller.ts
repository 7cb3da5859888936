import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiKeyScope } from '@claimwire/postgres/schema';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';

/** Who asks, as the guard established it. */
export interface Principal {
  /** Goes into the audit log: the API key's id, or "oidc:<subject>". */
  actor: string;
  scope: ApiKeyScope;
  /** The tenant that the request works on; null = a platform-admin that acts as none. */
  tenant: string | null;
}

/** A principal that works on a tenant. */
export interface Caller extends Principal {
  tenant: string;
}

const principals = new WeakMap<object, Principal>();

export const setPrincipal = (request: FastifyRequest, principal: Principal): void => {
  principals.set(request, principal);
};

/** undefined on a public route. */
export const findPrincipal = (request: FastifyRequest): Principal | undefined => principals.get(request);

const principalOf = (context: ExecutionContext): Principal => {
  const principal = findPrincipal(context.switchToHttp().getRequest<FastifyRequest>());
  if (!principal) throw new Error('the route has no @Requires, so nobody was authenticated');
  return principal;
};

/** Parameter: the caller with its tenant. */
export const AsTenant = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { actor, scope, tenant } = principalOf(context);
  if (tenant === null) throw new Problem(403, 'Name a tenant by the header claimwire-tenant.');
  return { actor, scope, tenant };
});

/** What belongs to no tenant, as its rows have it: a message whose headers cannot be read. */
export const NO_TENANT = '';

/** Parameter: the caller with its tenant; a platform-admin that names none works on what belongs to none. */
export const AsTenantOrNone = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { actor, scope, tenant } = principalOf(context);
  return { actor, scope, tenant: tenant ?? NO_TENANT };
});

/** Parameter: the caller, with or without a tenant. */
export const AsPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) => principalOf(context));
