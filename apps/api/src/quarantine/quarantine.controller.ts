import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { AsTenantOrNone, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiOne, ApiPage } from '../http/api-answers.js';
import { decodeCursor, toPage } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { itemsOf } from './find-items.js';
import { toView } from './quarantine-view.js';
import {
  DiscardItem,
  DiscardItems,
  ItemSelection,
  ListQuarantine,
  ProgressView,
  QuarantineView,
} from './quarantine.dto.js';
import { QuarantineService } from './quarantine.service.js';

@ApiTags('quarantine')
@Controller('quarantine')
export class QuarantineController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly quarantine: QuarantineService,
  ) {}

  @Get()
  @Requires('viewer')
  @ApiOperation({
    summary:
      'Events that could not be processed, last received first; a platform-admin without a tenant sees what belongs to none',
  })
  @ApiPage(QuarantineView)
  async list(@AsTenantOrNone() caller: Caller, @Query() { status, limit, cursor, ...filter }: ListQuarantine) {
    const builder = itemsOf(this.dataSource.manager, caller, filter);
    if (status !== undefined) builder.andWhere('item.status = :status', { status });
    if (cursor !== undefined) {
      const [at = '', id] = decodeCursor(cursor, 2);
      if (Number.isNaN(Date.parse(at))) throw new Problem(400, 'The cursor is not one of this list.');
      // received_at comes from a header of millisecond precision, so a Date holds all of it
      builder.andWhere('(item.received_at < :at or (item.received_at = :at and item.id > :id))', { at, id });
    }
    builder
      .orderBy('item.received_at', 'DESC')
      .addOrderBy('item.id', 'ASC')
      .limit(limit + 1);
    const rows = await builder.getMany();
    return toPage(rows, limit, ({ receivedAt, id }) => [receivedAt.toISOString(), id], toView);
  }

  @Post('retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Give many open events to their source topics again; answers how far it came' })
  @ApiDone(ProgressView)
  retryMany(@AsTenantOrNone() caller: Caller, @Body() selection: ItemSelection): Promise<ProgressView> {
    return this.quarantine.retryMany(caller, selection);
  }

  @Post('discard')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Settle many open events without processing them; audited with the reason' })
  @ApiDone(ProgressView)
  discardMany(@AsTenantOrNone() caller: Caller, @Body() selection: DiscardItems): Promise<ProgressView> {
    return this.quarantine.discardMany(caller, selection);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One quarantined event, without its bytes' })
  @ApiOne(QuarantineView)
  async get(@AsTenantOrNone() caller: Caller, @Param('id') id: string): Promise<QuarantineView> {
    return toView(await this.quarantine.get(caller, id));
  }

  @Get(':id/raw')
  @Requires('operator')
  @ApiOperation({ summary: 'The body that the provider sent, byte for byte; every read is audited' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  async raw(@AsTenantOrNone() caller: Caller, @Param('id') id: string): Promise<StreamableFile> {
    const body = await this.quarantine.rawBody(caller, id);
    return new StreamableFile(body, { type: 'application/octet-stream', length: body.length });
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Give the event to its source topic again, with the same id' })
  @ApiDone(QuarantineView)
  retry(@AsTenantOrNone() caller: Caller, @Param('id') id: string): Promise<QuarantineView> {
    return this.quarantine.retry(caller, id);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Settle the event without processing it; audited with the reason' })
  @ApiDone(QuarantineView)
  discard(
    @AsTenantOrNone() caller: Caller,
    @Param('id') id: string,
    @Body() { reason }: DiscardItem,
  ): Promise<QuarantineView> {
    return this.quarantine.discard(caller, id, reason);
  }
}
