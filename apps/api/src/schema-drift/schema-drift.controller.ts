import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { Requires } from '../auth/requires.js';
import { ApiPage } from '../http/api-answers.js';
import { decodeCursor, toPage, type Page } from '../http/page.js';
import { DriftView, ListDrift } from './schema-drift.dto.js';

interface Row {
  provider: string;
  path: string;
  kind: 'field' | 'word';
  count: string;
  first_seen: Date;
  last_seen: Date;
}

const LIST = `
  select provider, path, kind, count, first_seen, last_seen from schema_drift
  where ($1::text is null or provider = $1) and ($2::text is null or kind = $2)
    and ($3::timestamptz is null or last_seen >= $3)
    and ($4::text is null or (provider, path, kind) > ($4, $5, $6))
  order by provider, path, kind limit $7`;

@ApiTags('schema drift')
@Controller('schema-drift')
export class SchemaDriftController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * platform-admin: the counts are over all tenants, so that a tenant could see from them what others get; who acts on
   * them maintains the provider's module.
   */
  @Get()
  @Requires('platform-admin')
  @ApiOperation({
    summary: 'What providers send and do not document, counted over all tenants by path, without values',
  })
  @ApiPage(DriftView)
  async list(@Query() { provider, kind, since, limit, cursor }: ListDrift): Promise<Page<DriftView>> {
    const after = cursor === undefined ? [null, null, null] : decodeCursor(cursor, 3);
    const filters = [provider ?? null, kind ?? null, since ?? null];
    const rows: Row[] = await this.dataSource.query(LIST, [...filters, ...after, limit + 1]);
    return toPage(rows, limit, (row) => [row.provider, row.path, row.kind], toView);
  }
}

const toView = ({ provider, path, kind, count, first_seen, last_seen }: Row): DriftView => ({
  provider,
  path,
  kind,
  count: Number(count),
  firstSeen: first_seen.toISOString(),
  lastSeen: last_seen.toISOString(),
});
