import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import type { PostgresOptions } from './postgres.module.js';

/** Injection token. */
export const DATA_SOURCE = Symbol('DATA_SOURCE');

/** Gives DATA_SOURCE to the whole application, for who works on entities; closes it last of all. */
@Module({})
export class DataSourceModule implements OnApplicationShutdown {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  static forRoot({ DATABASE_URL, DATABASE_POOL_SIZE }: PostgresOptions): DynamicModule {
    const dataSource = {
      provide: DATA_SOURCE,
      useFactory: () => createDataSource(DATABASE_URL, DATABASE_POOL_SIZE).initialize(),
    };
    return { module: DataSourceModule, global: true, providers: [dataSource], exports: [DATA_SOURCE] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
