import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Keyring } from '@claimwire/keyring';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { AsPrincipal, type Principal } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiPage } from '../http/api-answers.js';
import { pageById } from '../http/page.js';
import { audit } from './audit.js';
import { AuditEntryView, AuditFilter, ListAudit } from './audit.dto.js';
import { entriesOf, exportLines, viewOf } from './list-entries.js';

/** Names only. What a request leaves out is a member without a value here. */
const statedOf = (filter: AuditFilter): string[] =>
  Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name]));

@ApiTags('audit log')
@Controller('audit-log')
export class AuditController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
  ) {}

  @Get()
  @Requires('owner')
  @ApiOperation({ summary: 'Who did what, newest first; a platform-admin without a tenant sees what belongs to none' })
  @ApiPage(AuditEntryView)
  list(@AsPrincipal() caller: Principal, @Query() { limit, cursor, ...filter }: ListAudit) {
    return pageById(entriesOf(this.dataSource.manager, this.keyring, caller, filter), { limit, cursor }, viewOf);
  }

  @Get('export')
  @Requires('owner')
  @ApiOperation({ summary: 'The same as NDJSON, oldest first and all of it: one entry per line. Audited itself' })
  @ApiOkResponse({ content: { 'application/x-ndjson': { schema: { type: 'string', format: 'binary' } } } })
  async export(@AsPrincipal() caller: Principal, @Query() filter: AuditFilter): Promise<StreamableFile> {
    const { manager } = this.dataSource;
    await audit(manager, caller, 'audit_log.exported', null, { filters: statedOf(filter) });
    const lines = exportLines(() => entriesOf(manager, this.keyring, caller, filter));
    return new StreamableFile(Readable.from(lines), { type: 'application/x-ndjson' });
  }
}
