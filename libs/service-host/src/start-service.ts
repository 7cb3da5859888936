import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RawServerDefault } from 'fastify';
import { Logger } from 'nestjs-pino';
import { showCertificateExpiry } from './certificate-expiry.js';
import { HealthRegistry } from './health-registry.js';
import type { HostConfig } from './host-config.js';
import { HostModule } from './host.module.js';
import { createLogger, type RootLogger } from './logger.js';
import { type ManagementServer, startManagementServer } from './management-server.js';
import { createMetricsRegistry } from './metrics.js';
import { startTracing, type StartedTracing } from './tracing/start-tracing.js';

export type FastifyOptions = NonNullable<ConstructorParameters<typeof FastifyAdapter<RawServerDefault>>[0]>;

export interface HttpPort {
  host: string;
  port: number;
  /** How long it still takes requests once it is told to stop, for whoever has not heard of that yet; default 0. */
  drainMs?: number;
}

export interface ServiceDefinition<C extends HostConfig> {
  /** Process name, for example "ingress-cair": in logs, in `--help`, and the default KAFKA_CLIENT_ID. */
  name: string;
  module: (config: C) => Type | DynamicModule;
  /** Where the public port listens; without it the service has none. */
  http?: (config: C) => HttpPort;
  fastify?: FastifyOptions | ((config: C) => FastifyOptions);
  /** false: the app writes its own line per request. */
  requestLog?: boolean;
  /** Before `init`: global pipes and filters, `app.connectMicroservice({ strategy })`, raw Fastify routes. */
  setup?: (app: NestFastifyApplication, config: C) => void | Promise<void>;
}

export interface RunningService {
  app: NestFastifyApplication;
  logger: RootLogger;
  managementUrl: string;
  /** Address of the public port, or null. */
  url: string | null;
  /**
   * Not ready at once; for `drainMs` requests are still answered, each with `Connection: close`; work in flight ends; module
   * hooks run (stores close in `onApplicationShutdown`).
   */
  stop: () => Promise<void>;
}

/** Starts a service in this process without touching signals or exit codes: what `runService` and tests share. */
export async function startService<C extends HostConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  logger: RootLogger = createLogger({ name: definition.name, level: config.LOG_LEVEL }),
): Promise<RunningService> {
  const health = new HealthRegistry();
  const registry = createMetricsRegistry();
  showCertificateExpiry(config, registry);
  const traces = await startTracing(definition.name, config, registry, logger);
  let phase: true | string = 'starting';
  health.addReadiness('service', () => phase);
  const management = await startManagementServer({
    host: config.MANAGEMENT_HOST,
    port: config.MANAGEMENT_PORT,
    health,
    registry,
  });
  try {
    const host = HostModule.forRoot({ logger, health, registry, tracing: traces.tracing, config });
    const app = await createApp(definition, config, { host, logger });
    await app.init();
    await app.startAllMicroservices();
    const port = definition.http?.(config);
    const url = port ? await listen(app, port) : null;
    phase = true;
    logger.info({ managementUrl: management.url, url }, 'service started');
    let stopped: Promise<void> | undefined;
    const stop = () => {
      phase = 'stopping';
      return (stopped ??= drain(app, port?.drainMs ?? 0).then(() => stopService(app, management, traces)));
    };
    return { app, logger, managementUrl: management.url, url, stop };
  } catch (error) {
    await traces.stop();
    await management.close();
    throw error;
  }
}

async function createApp<C extends HostConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  { host, logger }: { host: DynamicModule; logger: RootLogger },
): Promise<NestFastifyApplication> {
  const { fastify } = definition;
  const adapter = new FastifyAdapter<RawServerDefault>(
    typeof fastify === 'function' ? fastify(config) : (fastify ?? {}),
  );
  if (definition.http && definition.requestLog !== false) logRequests(adapter, logger);
  const root: DynamicModule = { module: RootModule, imports: [host, definition.module(config)] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  await definition.setup?.(app, config);
  return app;
}

class RootModule {}

/** One line per request by route pattern, never by URL: paths hold tokens and claim keys. */
function logRequests(adapter: FastifyAdapter<RawServerDefault>, logger: RootLogger): void {
  adapter.getInstance().addHook('onResponse', (request, reply, done) => {
    const line = { method: request.method, route: request.routeOptions.url ?? null, status: reply.statusCode };
    logger.info({ ...line, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request');
    done();
  });
}

async function listen(app: NestFastifyApplication, at: HttpPort): Promise<string> {
  await app.listen(at.port, at.host);
  return app.getUrl();
}

/**
 * A connection that is closed while its next request is on the way loses that request, and a POST is not sent again by itself:
 * so each connection ends with an answer that says so. Only those that were idle all the time are closed without.
 */
async function drain(app: NestFastifyApplication, drainMs: number): Promise<void> {
  if (drainMs === 0) return;
  const server = app.getHttpServer();
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  await sleep(drainMs);
}

const IDLE_CHECK_MS = 50;

async function stopService(
  app: NestFastifyApplication,
  management: ManagementServer,
  traces: StartedTracing,
): Promise<void> {
  const server = app.getHttpServer();
  // Closing ends the connections that are idle then; one that answers afterwards would stay open until its keep-alive ends.
  const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  try {
    await app.close();
  } finally {
    clearInterval(timer);
    await traces.stop();
    await management.close();
  }
}
