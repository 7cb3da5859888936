import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { PostgresModule } from '@claimwire/postgres';
import { DataSourceModule } from '@claimwire/postgres/schema';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import type { ApiConfig } from './config.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { CredentialSetsModule } from './credential-sets/credential-sets.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { ClaimsModule } from './claims/claims.module.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { ErrorQueueModule } from './error-queue/error-queue.module.js';
import { ReplaysModule } from './replays/replays.module.js';
import { QuarantineModule } from './quarantine/quarantine.module.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { IdempotencyPruning } from './http/idempotency-pruning.js';
import { ProblemFilter } from './http/problem.filter.js';
import { DtoPipe } from './http/validation.js';
import { KeyringModule } from './keyring.module.js';
import { LagModule } from './lag/lag.module.js';
import { SchemaDriftModule } from './schema-drift/schema-drift.module.js';
import { TenantsModule } from './tenants/tenants.module.js';

const FEATURES = [
  TenantsModule,
  ApiKeysModule,
  AuditModule,
  ConnectionsModule,
  CredentialSetsModule,
  WebhooksModule,
  DeliveriesModule,
  ErrorQueueModule,
  ReplaysModule,
  ClaimsModule,
  QuarantineModule,
  SchemaDriftModule,
  LagModule,
];

@Module({})
export class AppModule {
  static forRoot({ DATABASE_URL, DATABASE_POOL_SIZE }: ApiConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({ DATABASE_URL, DATABASE_POOL_SIZE }),
        DataSourceModule.forRoot({ DATABASE_URL, DATABASE_POOL_SIZE }),
        KeyringModule,
        AuthModule,
        ...FEATURES,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: DtoPipe },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        IdempotencyPruning,
      ],
    };
  }
}
