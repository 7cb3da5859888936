import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Binding, DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiGone, ApiOne, ApiPage } from '../http/api-answers.js';
import { PageQuery, pageById } from '../http/page.js';
import { notFound } from '../http/problem.js';
import { BindingView, CreateBinding, UpdateBinding } from './bindings.dto.js';
import { createBinding } from './create-binding.js';
import { findWebhook } from './find-webhook.js';

@ApiTags('bindings')
@Controller('webhooks/:webhookId/bindings')
export class BindingsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @Requires('owner')
  @ApiOperation({ summary: 'Bind events to the webhook: every matching one accepted after this answer is delivered' })
  @ApiCreated(BindingView)
  create(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Body() body: CreateBinding) {
    return this.dataSource.transaction(async (manager): Promise<BindingView> => {
      await findWebhook(manager, caller, webhookId);
      return toView(await createBinding(manager, caller, webhookId, body));
    });
  }

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Bindings of the webhook, newest first' })
  @ApiPage(BindingView)
  async list(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Query() query: PageQuery) {
    await findWebhook(this.dataSource.manager, caller, webhookId);
    const builder = this.dataSource.getRepository(Binding).createQueryBuilder('binding');
    return pageById(builder.where('binding.webhook_id = :webhookId', { webhookId }), query, toView);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One binding' })
  @ApiOne(BindingView)
  async get(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    return toView(await find(this.dataSource.manager, caller, webhookId, id));
  }

  @Patch(':id')
  @Requires('owner')
  @ApiOperation({ summary: 'Change which events match' })
  @ApiOne(BindingView)
  update(
    @AsTenant() caller: Caller,
    @Param('webhookId') webhookId: string,
    @Param('id') id: string,
    @Body() body: UpdateBinding,
  ) {
    return this.dataSource.transaction(async (manager): Promise<BindingView> => {
      const binding = await find(manager, caller, webhookId, id, true);
      binding.eventType = body.eventType ?? binding.eventType;
      if (body.filters) binding.filters = { ...body.filters };
      await manager.save(binding);
      await audit(manager, caller, 'binding.updated', id, { webhookId, fields: Object.keys(body) });
      return toView(binding);
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('owner')
  @ApiOperation({ summary: 'Unbind; deliveries that exist already still go out' })
  @ApiGone()
  remove(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    return this.dataSource.transaction(async (manager): Promise<void> => {
      await manager.remove(await find(manager, caller, webhookId, id, true));
      await audit(manager, caller, 'binding.deleted', id, { webhookId });
    });
  }
}

/** @param isChanged holds the row until the transaction ends: a save would bring back what is deleted meanwhile */
async function find(
  manager: EntityManager,
  { tenant }: Caller,
  webhookId: string,
  id: string,
  isChanged = false,
): Promise<Binding> {
  const lock = isChanged ? { mode: 'pessimistic_write' as const } : undefined;
  const binding = await manager.findOne(Binding, { where: { id, webhookId, tenantId: tenant }, lock });
  if (!binding) throw notFound('binding');
  return binding;
}

const toView = ({ id, eventType, filters, createdAt }: Binding): BindingView => ({
  id,
  eventType,
  filters,
  createdAt: createdAt.toISOString(),
});
