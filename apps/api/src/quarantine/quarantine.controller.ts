import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE, QuarantineItem } from '@claimwire/postgres';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone, ApiPage } from '../http/api-answers.js';
import { decodeCursor, toPage } from '../http/page.js';
import { notFound, Problem } from '../http/problem.js';
import { RawMessages } from '../raw-messages.js';
import { ListQuarantine, QuarantineView } from './quarantine.dto.js';
import { retryRecord } from './retry-record.js';

@ApiTags('quarantine')
@Controller('quarantine')
export class QuarantineController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly raw: RawMessages,
  ) {}

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Genuine events that could not be processed, last received first' })
  @ApiPage(QuarantineView)
  async list(@AsTenant() { tenant }: Caller, @Query() { status, reason, limit, cursor }: ListQuarantine) {
    const builder = this.dataSource.getRepository(QuarantineItem).createQueryBuilder('item');
    builder.where('item.tenant_id = :tenant', { tenant });
    if (status !== undefined) builder.andWhere('item.status = :status', { status });
    if (reason !== undefined) builder.andWhere('item.reason = :reason', { reason });
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

  @Post(':id/retry')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Give the event to its source topic again, with the same id' })
  @ApiDone(QuarantineView)
  retry(@AsTenant() caller: Caller, @Param('id') id: string): Promise<QuarantineView> {
    return this.dataSource.transaction(async (manager) => {
      const where = { id, tenantId: caller.tenant };
      const item = await manager.findOne(QuarantineItem, { where, lock: { mode: 'pessimistic_write' } });
      if (!item) throw notFound('quarantined event');
      if (item.status === 'discarded') throw new Problem(409, 'The event was discarded.');
      const record = retryRecord(item, await this.raw.read(item));
      // before the commit: a retry that is published twice is cut by its ce_id, one that is not published is lost
      await this.raw.publish(record);
      const settled = await manager.save(Object.assign(item, { status: 'retried' as const, settledAt: new Date() }));
      await audit(manager, caller, 'quarantine.retried', id, { topic: record.topic });
      return toView(settled);
    });
  }
}

const toView = (item: QuarantineItem): QuarantineView => ({
  id: item.id,
  eventId: item.ceId,
  eventType: item.ceType,
  connection: item.connectionId,
  reason: item.reason,
  stage: item.stage,
  sourceTopic: item.sourceTopic,
  sourcePartition: item.sourcePartition,
  sourceOffset: item.sourceOffset,
  status: item.status,
  receivedAt: item.receivedAt.toISOString(),
  settledAt: item.settledAt?.toISOString() ?? null,
});
