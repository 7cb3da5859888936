import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader } from '@nestjs/swagger';
import type { ApiKeyScope } from '@claimwire/postgres/schema';

export const REQUIRED_SCOPE = 'claimwire:required-scope';
export const PUBLIC = 'claimwire:public';

/** What each scope may do includes all before it. A platform-admin that acts as a tenant is its owner. */
const RANK: Record<ApiKeyScope, number> = { viewer: 1, operator: 2, owner: 3, 'platform-admin': 4 };

export const includesScope = (held: ApiKeyScope, required: ApiKeyScope): boolean => RANK[held] >= RANK[required];

/** The least scope that a route needs. A route with neither this nor @Public is refused to everyone. */
export const Requires = (scope: ApiKeyScope) =>
  applyDecorators(
    SetMetadata(REQUIRED_SCOPE, scope),
    ApiBearerAuth(),
    ApiHeader({
      name: 'claimwire-tenant',
      required: false,
      description: 'Only for a platform-admin: the tenant to act as. Audited.',
    }),
  );

export const Public = () => SetMetadata(PUBLIC, true);
