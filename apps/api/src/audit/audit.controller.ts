import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditEntry, DATA_SOURCE } from '@claimwire/postgres';
import { DataSource } from 'typeorm';
import { AsPrincipal, type Principal } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiPage } from '../http/api-answers.js';
import { PageQuery, pageById } from '../http/page.js';
import { AuditEntryView } from './audit.dto.js';

@ApiTags('audit log')
@Controller('audit-log')
export class AuditController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get()
  @Requires('owner')
  @ApiOperation({ summary: 'Who did what, newest first; a platform-admin without a tenant sees what belongs to none' })
  @ApiPage(AuditEntryView)
  list(@AsPrincipal() { tenant }: Principal, @Query() query: PageQuery) {
    const builder = this.dataSource.getRepository(AuditEntry).createQueryBuilder('entry');
    if (tenant === null) builder.where('entry.tenant_id is null');
    else builder.where('entry.tenant_id = :tenant', { tenant });
    return pageById(builder, query, (entry): AuditEntryView => ({
      id: entry.id,
      at: entry.at.toISOString(),
      actor: entry.actor,
      action: entry.action,
      target: entry.target,
      detail: entry.detail,
    }));
  }
}
