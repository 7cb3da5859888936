import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { createPool, type Pool, type PoolOptions } from './pool.js';
import { sayGoodbye } from './say-goodbye.js';

/** Injection token. */
export const PG_POOL = Symbol('PG_POOL');

export interface PostgresOptions extends PoolOptions {
  DATABASE_URL: string;
  DATABASE_POOL_SIZE: number;
}

/** Gives PG_POOL to the whole application; closes it last of all. */
@Module({})
export class PostgresModule implements OnApplicationShutdown {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  static forRoot(options: PostgresOptions): DynamicModule {
    const { DATABASE_URL, DATABASE_POOL_SIZE } = options;
    const pool = { provide: PG_POOL, useFactory: () => createPool(DATABASE_URL, DATABASE_POOL_SIZE, options) };
    return { module: PostgresModule, global: true, providers: [pool], exports: [PG_POOL] };
  }

  async onApplicationShutdown(): Promise<void> {
    await sayGoodbye(this.pool.end());
  }
}
