import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ApiKey, DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit.js';
import { ApiConfig } from '../config.js';
import { newId } from '../ids.js';
import { hashApiKey } from './api-key-text.js';

/** Puts BOOTSTRAP_ADMIN_KEY in place, once: a revoked one stays revoked. */
@Injectable()
export class BootstrapAdmin implements OnApplicationBootstrap {
  constructor(
    private readonly config: ApiConfig,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const key = this.config.BOOTSTRAP_ADMIN_KEY;
    if (!key) return;
    await this.dataSource.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(ApiKey)
        .values({ id: newId('key'), tenantId: null, name: 'bootstrap', scope: 'platform-admin', hash: hashApiKey(key) })
        .orIgnore()
        .returning('id')
        .execute();
      const [row] = inserted.raw as { id: string }[];
      if (row) await audit(manager, { actor: 'system', tenant: null }, 'api_key.created', row.id, { bootstrap: true });
    });
  }
}
