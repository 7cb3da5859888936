import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiKey, DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource, IsNull } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AsPrincipal, type Principal } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiGone, ApiPage } from '../http/api-answers.js';
import { PageQuery, pageById } from '../http/page.js';
import { fieldNotValid, notFound, Problem } from '../http/problem.js';
import { ApiKeyView, CreateApiKey, NewApiKeyView } from './api-keys.dto.js';
import { createApiKey } from './create-api-key.js';

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @Requires('owner')
  @ApiOperation({ summary: 'Create an API key; the answer shows it once' })
  @ApiCreated(NewApiKeyView)
  async create(@AsPrincipal() caller: Principal, @Body() body: CreateApiKey): Promise<NewApiKeyView> {
    const tenant = ownerOf(body.scope, caller);
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt);
    if (expiresAt && expiresAt <= new Date()) throw fieldNotValid('expiresAt', 'expiresAt must be in the future');
    return this.dataSource.transaction(async (manager) => {
      const { row, apiKey } = await createApiKey(manager, { tenant, name: body.name, scope: body.scope, expiresAt });
      await audit(manager, { ...caller, tenant }, 'api_key.created', row.id, { scope: row.scope });
      return { ...toView(row), apiKey };
    });
  }

  @Get()
  @Requires('owner')
  @ApiOperation({ summary: 'API keys, newest first, without the keys themselves' })
  @ApiPage(ApiKeyView)
  list(@AsPrincipal() { tenant }: Principal, @Query() query: PageQuery) {
    const builder = this.dataSource.getRepository(ApiKey).createQueryBuilder('key');
    if (tenant === null) builder.where('key.tenant_id is null');
    else builder.where('key.tenant_id = :tenant', { tenant });
    return pageById(builder, query, toView);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('owner')
  @ApiOperation({ summary: 'Revoke an API key, at once and for good' })
  @ApiGone()
  async revoke(@AsPrincipal() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const key = await manager.findOneBy(ApiKey, { id, tenantId: caller.tenant ?? IsNull() });
      if (!key) throw notFound('API key');
      if (key.revokedAt) return;
      await manager.update(ApiKey, { id }, { revokedAt: new Date() });
      await audit(manager, caller, 'api_key.revoked', id);
    });
  }
}

/** Tenant of a new key; null for a platform-admin's. */
function ownerOf(scope: CreateApiKey['scope'], caller: Principal): string | null {
  if (scope === 'platform-admin') {
    if (caller.scope === 'platform-admin') return null;
    throw new Problem(403, 'Only a platform-admin may create a platform-admin key.');
  }
  if (caller.tenant === null) throw new Problem(403, 'Name a tenant by the header claimwire-tenant.');
  return caller.tenant;
}

const toView = (key: ApiKey): ApiKeyView => ({
  id: key.id,
  name: key.name,
  scope: key.scope,
  expiresAt: key.expiresAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
  createdAt: key.createdAt.toISOString(),
});
