import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { ReadsClaims } from '../audit/reads-claims.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiOne, ApiPage } from '../http/api-answers.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import { AttemptDetail, AttemptView, ListLogs, TestDeliveryView } from './deliveries.dto.js';
import { inspectAttempt, listAttempts } from './list-attempts.js';
import { sendTestEvent } from './send-test-event.js';

@ApiTags('deliveries')
@Controller('webhooks/:webhookId')
export class DeliveriesController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get('logs')
  @Requires('viewer')
  @ReadsClaims('webhook.logs_read', 'webhookId')
  @ApiOperation({ summary: 'Every HTTP try, newest first' })
  @ApiPage(AttemptView)
  async logs(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Query() query: ListLogs) {
    await findWebhook(this.dataSource.manager, caller, id);
    return listAttempts(this.dataSource.manager, id, query);
  }

  @Get('logs/:attemptId')
  @Requires('viewer')
  @ReadsClaims('webhook.attempt_read', 'attemptId')
  @ApiOperation({ summary: 'One HTTP try, with the body of its request' })
  @ApiOne(AttemptDetail)
  async attempt(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Param('attemptId') attemptId: string) {
    const { manager } = this.dataSource;
    return inspectAttempt(manager, caller, await findWebhook(manager, caller, id), attemptId);
  }

  @Post('test')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send a notice of type webhook.test to this webhook only, whatever its bindings' })
  @ApiDone(TestDeliveryView)
  test(@AsTenant() caller: Caller, @Param('webhookId') id: string) {
    return this.dataSource.transaction(async (manager) => {
      await findWebhook(manager, caller, id);
      return sendTestEvent(manager, caller, id);
    });
  }
}
