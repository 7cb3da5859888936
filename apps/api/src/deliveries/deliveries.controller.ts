import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres';
import { DataSource, type EntityManager } from 'typeorm';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiPage } from '../http/api-answers.js';
import { PageQuery } from '../http/page.js';
import { fieldNotValid } from '../http/problem.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import {
  AttemptView,
  FailedDeliveryView,
  ListLogs,
  ReplayView,
  ReplayWindow,
  RetryErrors,
  TestDeliveryView,
} from './deliveries.dto.js';
import { listAttempts, listFailed } from './list-attempts.js';
import { replay } from './replays.js';
import { retryErrors } from './retry-errors.js';
import { sendTestEvent } from './send-test-event.js';

@ApiTags('deliveries')
@Controller('webhooks/:webhookId')
export class DeliveriesController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get('logs')
  @Requires('viewer')
  @ApiOperation({ summary: 'Every HTTP try, newest first' })
  @ApiPage(AttemptView)
  async logs(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Query() query: ListLogs) {
    await findWebhook(this.dataSource.manager, caller, id);
    return listAttempts(this.dataSource.manager, id, query);
  }

  @Get('error-queue')
  @Requires('viewer')
  @ApiOperation({ summary: 'Deliveries that used up their retries, newest first' })
  @ApiPage(FailedDeliveryView)
  async errorQueue(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Query() query: PageQuery) {
    await findWebhook(this.dataSource.manager, caller, id);
    return listFailed(this.dataSource.manager, id, query);
  }

  @Post('error-queue/retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send failed deliveries again, each with a fresh retry policy' })
  @ApiDone(ReplayView)
  retry(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Body() body: RetryErrors) {
    return this.change(caller, id, (manager) => retryErrors(manager, caller, id, body));
  }

  @Post('replays')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send again what was received in a time window and is bound to the webhook' })
  @ApiDone(ReplayView)
  replay(@AsTenant() caller: Caller, @Param('webhookId') id: string, @Body() { since, until, filters }: ReplayWindow) {
    if (until !== undefined && new Date(until) <= new Date(since)) {
      throw fieldNotValid('until', 'until must be after since');
    }
    const selection = { since, until: until ?? new Date().toISOString(), filters: { ...filters } };
    return this.change(caller, id, (manager) => replay(manager, caller, id, selection));
  }

  @Post('test')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send a notice of type webhook.test to this webhook only, whatever its bindings' })
  @ApiDone(TestDeliveryView)
  test(@AsTenant() caller: Caller, @Param('webhookId') id: string) {
    return this.change(caller, id, (manager) => sendTestEvent(manager, caller, id));
  }

  private change<T>(caller: Caller, id: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await findWebhook(manager, caller, id);
      return work(manager);
    });
  }
}
