import { Inject, Module, Optional, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { createPool, type Pool, type PoolOptions } from './pool.js';
import { sayGoodbye } from './say-goodbye.js';

/** Injection tokens. */
export const PG_POOL = Symbol('PG_POOL');
export const DATA_SOURCE = Symbol('DATA_SOURCE');

export interface PostgresOptions extends PoolOptions {
  DATABASE_URL: string;
  DATABASE_POOL_SIZE: number;
  /** Also open a TypeORM data source: only who works on entities needs one. */
  withDataSource?: boolean;
}

/** Gives PG_POOL and, where asked for, DATA_SOURCE to the whole application; closes both last of all. */
@Module({})
export class PostgresModule implements OnApplicationShutdown {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    @Optional() @Inject(DATA_SOURCE) private readonly dataSource?: DataSource,
  ) {}

  static forRoot(options: PostgresOptions): DynamicModule {
    const { DATABASE_URL, DATABASE_POOL_SIZE, withDataSource = false } = options;
    const pool = {
      provide: PG_POOL,
      useFactory: () => createPool(DATABASE_URL, DATABASE_POOL_SIZE, options),
    };
    const dataSource = {
      provide: DATA_SOURCE,
      useFactory: () => createDataSource(DATABASE_URL, DATABASE_POOL_SIZE).initialize(),
    };
    const providers = withDataSource ? [pool, dataSource] : [pool];
    return { module: PostgresModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource?.destroy();
    await sayGoodbye(this.pool.end());
  }
}
