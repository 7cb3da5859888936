import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE, Tenant } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { createApiKey } from '../api-keys/create-api-key.js';
import { audit } from '../audit/audit.js';
import { AsPrincipal, type Principal } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiOne, ApiPage } from '../http/api-answers.js';
import { PageQuery, pageById } from '../http/page.js';
import { notFound, Problem } from '../http/problem.js';
import { newId } from '../ids.js';
import { CreateTenant, NewTenantView, TenantView, UpdateTenant } from './tenants.dto.js';

@ApiTags('tenants')
@Controller('tenants')
export class TenantsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @Requires('platform-admin')
  @ApiOperation({ summary: 'Create a tenant and its first API key, scope owner' })
  @ApiCreated(NewTenantView)
  async create(@AsPrincipal() caller: Principal, @Body() body: CreateTenant): Promise<NewTenantView> {
    return this.dataSource.transaction(async (manager) => {
      const tenant = await insertTenant(manager, body);
      const { row, apiKey } = await createApiKey(manager, { tenant: tenant.id, name: 'first key', scope: 'owner' });
      const actor = { actor: caller.actor, tenant: tenant.id };
      await audit(manager, actor, 'tenant.created', tenant.id);
      await audit(manager, actor, 'api_key.created', row.id, { scope: row.scope });
      return { ...toView(tenant), apiKey };
    });
  }

  @Get()
  @Requires('platform-admin')
  @ApiOperation({ summary: 'All tenants' })
  @ApiPage(TenantView)
  list(@Query() query: PageQuery) {
    return pageById(this.dataSource.getRepository(Tenant).createQueryBuilder('tenant'), query, toView);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One tenant: its own, or any for a platform-admin' })
  @ApiOne(TenantView)
  async get(@AsPrincipal() caller: Principal, @Param('id') id: string): Promise<TenantView> {
    const visible = caller.scope === 'platform-admin' || caller.tenant === id;
    const tenant = visible && (await this.dataSource.getRepository(Tenant).findOneBy({ id }));
    if (!tenant) throw notFound('tenant');
    return toView(tenant);
  }

  @Patch(':id')
  @Requires('platform-admin')
  @ApiOperation({ summary: 'Change name or settings' })
  @ApiOne(TenantView)
  async update(@AsPrincipal() caller: Principal, @Param('id') id: string, @Body() body: UpdateTenant) {
    return this.dataSource.transaction(async (manager): Promise<TenantView> => {
      const tenant = await manager.findOneBy(Tenant, { id });
      if (!tenant) throw notFound('tenant');
      const { name = tenant.name, settings } = body;
      const changed = manager.merge(Tenant, tenant, { name });
      if (settings) changed.settings = { ...settings };
      await manager.save(changed);
      await audit(manager, { actor: caller.actor, tenant: id }, 'tenant.updated', id, { fields: Object.keys(body) });
      return toView(changed);
    });
  }
}

async function insertTenant(
  manager: EntityManager,
  { id = newId('tnt'), name = id, settings }: CreateTenant,
): Promise<Tenant> {
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(Tenant)
    .values({ id, name, settings: { ...settings } })
    .orIgnore()
    .returning('id')
    .execute();
  if ((inserted.raw as unknown[]).length === 0) throw new Problem(409, 'A tenant of this id exists.');
  return manager.findOneByOrFail(Tenant, { id });
}

const toView = ({ id, name, settings, createdAt }: Tenant): TenantView => ({
  id,
  name,
  settings,
  createdAt: createdAt.toISOString(),
});
