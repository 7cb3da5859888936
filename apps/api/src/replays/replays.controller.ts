import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { cancelReplay } from '@claimwire/postgres';
import { DATA_SOURCE, Replay } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiOne, ApiPage } from '../http/api-answers.js';
import { pageById } from '../http/page.js';
import { fieldNotValid, Problem } from '../http/problem.js';
import { retryDeadlock } from '../http/retry-deadlock.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import { ListReplays, ReplayView, ReplayWindow } from './replays.dto.js';
import { clientOf, findReplay, start, viewOf, viewsOf } from './replays.js';

@ApiTags('replays')
@Controller('webhooks/:webhookId/replays')
export class ReplaysController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send again what was received in a time window and is bound to the webhook' })
  @ApiDone(ReplayView)
  start(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Body() body: ReplayWindow) {
    const { since, until = new Date().toISOString(), filters, ratePerSecond } = body;
    if (new Date(until) <= new Date(since)) throw fieldNotValid('until', 'until must be after since');
    const selection = { since, until, ...(filters ? { filters: { ...filters } } : {}) };
    return this.dataSource.transaction(async (manager) => {
      await findWebhook(manager, caller, webhookId);
      return start(manager, caller, webhookId, ratePerSecond, { kind: 'window', selection });
    });
  }

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Replays to the webhook and retries of its error queue, newest first' })
  @ApiPage(ReplayView)
  async list(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Query() query: ListReplays) {
    const { manager } = this.dataSource;
    await findWebhook(manager, caller, webhookId);
    const builder = manager.createQueryBuilder(Replay, 'replay').where('replay.webhook_id = :webhookId', { webhookId });
    if (query.kind !== undefined) builder.andWhere('replay.kind = :kind', { kind: query.kind });
    const { data, nextCursor } = await pageById(builder, query, (replay) => replay);
    return { data: await viewsOf(manager, data), nextCursor };
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'How far a replay has come' })
  @ApiOne(ReplayView)
  async get(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    return this.view(this.dataSource.manager, caller, webhookId, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'End a replay: what is not being sent now is not sent any more' })
  @ApiDone(ReplayView)
  cancel(@AsTenant() caller: Caller, @Param('webhookId') webhookId: string, @Param('id') id: string) {
    const cancel = async (manager: EntityManager) => {
      await findReplay(manager, caller, webhookId, id);
      if (!(await cancelReplay(await clientOf(manager), id))) throw new Problem(409, 'The replay has ended.');
      await audit(manager, caller, 'webhook.replay_cancelled', webhookId, { replayId: id });
      return this.view(manager, caller, webhookId, id);
    };
    return retryDeadlock(() => this.dataSource.transaction(cancel));
  }

  private async view(manager: EntityManager, caller: Caller, webhookId: string, id: string): Promise<ReplayView> {
    return viewOf(manager, await findReplay(manager, caller, webhookId, id));
  }
}
