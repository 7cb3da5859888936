import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone } from '../http/api-answers.js';
import { findEvent } from '../claims/find-event.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import { ReplayTo, ReplayView } from './replays.dto.js';
import { start } from './replays.js';

@ApiTags('replays')
@Controller('events/:eventId/replays')
export class EventReplaysController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send one event or notice again to a webhook that is bound to it' })
  @ApiDone(ReplayView)
  start(@AsTenant() caller: Caller, @Param('eventId') eventId: string, @Body() { webhookId, ratePerSecond }: ReplayTo) {
    return this.dataSource.transaction(async (manager) => {
      await findEvent(manager, caller, eventId);
      await findWebhook(manager, caller, webhookId);
      return start(manager, caller, webhookId, ratePerSecond, { kind: 'event', selection: { eventId } });
    });
  }
}
