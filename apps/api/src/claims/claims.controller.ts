import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { ReadsClaims } from '../audit/reads-claims.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiOne, ApiPage } from '../http/api-answers.js';
import { ReplayTo, ReplayView } from '../replays/replays.dto.js';
import { start } from '../replays/replays.js';
import { findWebhook } from '../webhooks/find-webhook.js';
import { ClaimView, HistoryView, ListClaims, ListHistory, ReadClaim } from './claims.dto.js';
import { ClaimsService } from './claims.service.js';

const ClaimKeyParam = () =>
  ApiParam({ name: 'claimKey', description: 'The claim key as one segment: encodeURIComponent(claimKey).' });

@ApiTags('claims')
@Controller('claims')
export class ClaimsController {
  constructor(
    private readonly claims: ClaimsService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('viewer')
  @ReadsClaims('claims.listed')
  @ApiOperation({ summary: 'Claims, last changed first' })
  @ApiPage(ClaimView)
  list(@AsTenant() caller: Caller, @Query() query: ListClaims) {
    return this.claims.list(caller, query);
  }

  @Get(':claimKey')
  @Requires('viewer')
  @ReadsClaims('claim.read', 'claimKey')
  @ApiOperation({ summary: 'State of one claim, now or as it was known at an earlier time' })
  @ClaimKeyParam()
  @ApiOne(ClaimView)
  get(@AsTenant() caller: Caller, @Param('claimKey') claimKey: string, @Query() { asOf }: ReadClaim) {
    return this.claims.get(caller, claimKey, asOf);
  }

  @Get(':claimKey/events')
  @Requires('viewer')
  @ReadsClaims('claim.history_read', 'claimKey')
  @ApiOperation({ summary: 'What each webhook reported about the claim, and what it changed' })
  @ClaimKeyParam()
  @ApiPage(HistoryView)
  history(@AsTenant() caller: Caller, @Param('claimKey') claimKey: string, @Query() query: ListHistory) {
    return this.claims.history(caller, claimKey, query);
  }

  @Post(':claimKey/replays')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: "Send the claim's events again to a webhook that is bound to them" })
  @ClaimKeyParam()
  @ApiDone(ReplayView)
  async replay(@AsTenant() caller: Caller, @Param('claimKey') claimKey: string, @Body() body: ReplayTo) {
    await this.claims.get(caller, claimKey);
    const { webhookId, ratePerSecond } = body;
    return this.dataSource.transaction(async (manager) => {
      await findWebhook(manager, caller, webhookId);
      return start(manager, caller, webhookId, ratePerSecond, { kind: 'claim', selection: { claimKey } });
    });
  }
}
