import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Registry } from 'prom-client';
import { HealthRegistry } from './health-registry.js';
import { ROOT_LOGGER, type RootLogger } from './logger.js';
import { METRICS_REGISTRY } from './metrics.js';
import { Tracing } from './tracing/tracing.js';

export interface HostModuleOptions {
  logger: RootLogger;
  health: HealthRegistry;
  registry: Registry;
  tracing: Tracing;
  /** Provided under its own class, so that a constructor says `config: NormalizerConfig`. */
  config?: object;
}

/** Global: `HealthRegistry`, `METRICS_REGISTRY`, `ROOT_LOGGER`, `Tracing`, nestjs-pino's `Logger`, and the config instance. */
@Module({})
export class HostModule {
  static forRoot({ logger, health, registry, tracing, config }: HostModuleOptions): DynamicModule {
    const providers = [
      { provide: HealthRegistry, useValue: health },
      { provide: METRICS_REGISTRY, useValue: registry },
      { provide: ROOT_LOGGER, useValue: logger },
      { provide: Tracing, useValue: tracing },
      ...(config ? [{ provide: config.constructor, useValue: config }] : []),
    ];
    return {
      module: HostModule,
      global: true,
      // No per-request middleware: request lines come from a Fastify hook that knows no URL (run-service.ts).
      imports: [LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })],
      providers,
      exports: [...providers.map(({ provide }) => provide), LoggerModule],
    };
  }
}
