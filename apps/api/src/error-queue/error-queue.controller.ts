import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { ReadsClaims } from '../audit/reads-claims.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiGone, ApiOne, ApiPage } from '../http/api-answers.js';
import { ReplayView } from '../replays/replays.dto.js';
import { start } from '../replays/replays.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import {
  FailedDeliveryDetail,
  FailedDeliveryView,
  FailedSelection,
  ListFailed,
  PurgeView,
  RetryErrors,
  RetryOne,
} from './error-queue.dto.js';
import { findFailed, inspectFailed, listFailed, purge, readSelection } from './error-queue.js';

@ApiTags('error queue')
@Controller('webhooks/:webhookId/error-queue')
export class ErrorQueueController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get()
  @Requires('viewer')
  @ReadsClaims('webhook.errors_read', 'webhookId')
  @ApiOperation({
    summary: 'Deliveries that used up their retries, newest first; kept for 14 days unless set otherwise',
  })
  @ApiPage(FailedDeliveryView)
  async list(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Query() query: ListFailed) {
    await findWebhook(this.dataSource.manager, caller, webhookId);
    return listFailed(this.dataSource.manager, webhookId, query);
  }

  @Post('retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send failed deliveries again, each with a fresh retry policy: a replay' })
  @ApiDone(ReplayView)
  retry(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Body() body: RetryErrors) {
    const selection = readSelection(body);
    return this.change(caller, webhookId, (manager) =>
      start(manager, caller, webhookId, body.ratePerSecond, { kind: 'error_queue', selection }),
    );
  }

  @Post('purge')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Remove failed deliveries for good, at most 10,000 at once' })
  @ApiDone(PurgeView)
  purge(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Body() body: FailedSelection) {
    const selection = readSelection(body);
    return this.change(caller, webhookId, async (manager) => {
      const view = await purge(manager, webhookId, selection);
      await audit(manager, caller, 'webhook.errors_purged', webhookId, { deleted: view.deleted });
      return view;
    });
  }

  @Get(':id')
  @Requires('viewer')
  @ReadsClaims('webhook.error_read', 'id')
  @ApiOperation({ summary: 'One failed delivery with its attempts' })
  @ApiOne(FailedDeliveryDetail)
  async get(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    await findWebhook(this.dataSource.manager, caller, webhookId);
    return inspectFailed(this.dataSource.manager, webhookId, id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send one failed delivery again' })
  @ApiDone(ReplayView)
  retryOne(
    @AsTenant() caller: Caller,
    @Param('webhookId') webhookId: string,
    @Param('id') id: string,
    @Body() { ratePerSecond }: RetryOne,
  ) {
    return this.change(caller, webhookId, async (manager) => {
      await findFailed(manager, webhookId, id);
      return start(manager, caller, webhookId, ratePerSecond, { kind: 'error_queue', selection: { ids: [id] } });
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator')
  @ApiOperation({ summary: 'Remove one failed delivery for good' })
  @ApiGone()
  remove(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    return this.change(caller, webhookId, async (manager) => {
      const { eventId } = await findFailed(manager, webhookId, id);
      await purge(manager, webhookId, { ids: [id] });
      await audit(manager, caller, 'webhook.errors_purged', webhookId, { deleted: 1, eventId });
    });
  }

  private change<T>(caller: Caller, id: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await findWebhook(manager, caller, id);
      return work(manager);
    });
  }
}
