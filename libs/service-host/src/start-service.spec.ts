import { Agent, request } from 'node:http';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from './health-registry.js';
import { HostConfig, WithHttp } from './host-config.js';
import { createLogger } from './logger.js';
import { METRICS_REGISTRY } from './metrics.js';
import { readConfig } from './read-config.js';
import { type RunningService, startService } from './start-service.js';

class SampleConfig extends WithHttp(HostConfig) {}

@Controller()
class SampleController {
  private readonly hits: Counter;

  constructor(
    private readonly health: HealthRegistry,
    private readonly config: SampleConfig,
    @Inject(METRICS_REGISTRY) registry: Registry,
  ) {
    this.hits = new Counter({ name: 'sample_hits_total', help: 'hits', registers: [registry] });
  }

  @Get('items/:id')
  item(): { host: string } {
    this.hits.inc();
    return { host: this.config.HOST };
  }

  @Get('break')
  break(): string {
    this.health.addLiveness('loop', () => 'stuck');
    this.health.addReadiness('lanes', () => 'not loaded');
    return 'broken';
  }
}

@Module({ controllers: [SampleController] })
class SampleModule {}

describe('startService', () => {
  const lines: string[] = [];
  let service: RunningService;

  const start = async (settings: Record<string, string> = {}): Promise<RunningService> => {
    const read = readConfig(SampleConfig, settings, { PORT: 0, MANAGEMENT_PORT: 0 });
    if (!read.ok) throw new Error(read.problems.join());
    const logger = createLogger({
      name: 'sample',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    const definition = {
      name: 'sample',
      module: () => SampleModule,
      http: ({ HOST, PORT, SHUTDOWN_DRAIN_MS: drainMs }: SampleConfig) => ({ host: HOST, port: PORT, drainMs }),
    };
    service = await startService(definition, read.config, logger);
    return service;
  };

  afterEach(async () => {
    await service.stop();
    lines.length = 0;
  });

  it('injects config, health and metrics, and answers probes on a port of its own', async () => {
    const { url, managementUrl } = await start();
    expect(await (await fetch(`${url}/items/1`)).json()).toEqual({ host: '127.0.0.1' });
    expect((await fetch(`${managementUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${managementUrl}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
    expect(metrics).toContain('sample_hits_total 1');
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    expect((await fetch(`${url}/livez`)).status).toBe(404);
  });

  it('answers 503 with the reason when a check fails', async () => {
    const { url, managementUrl } = await start();
    await fetch(`${url}/break`);
    const live = await fetch(`${managementUrl}/livez`);
    expect(live.status).toBe(503);
    expect(await live.json()).toEqual({ ok: false, checks: { loop: 'stuck' } });
    const ready = await fetch(`${managementUrl}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { service: 'ok', lanes: 'not loaded' } });
  });

  it('logs one line per request with the route, never the path that was asked for', async () => {
    const { url } = await start();
    await fetch(`${url}/items/secret-claim-key?token=hush`);
    const text = lines.join('');
    expect(text).toContain('"route":"/items/:id"');
    expect(text).not.toContain('secret-claim-key');
    expect(text).not.toContain('hush');
  });

  it('stops listening on stop', async () => {
    const { url, managementUrl, stop } = await start();
    await stop();
    await expect(fetch(`${url}/items/1`)).rejects.toThrow();
    await expect(fetch(`${managementUrl}/livez`)).rejects.toThrow();
    service = await start();
  });

  it('still answers while it drains, is not ready, and ends each connection with an answer that says so', async () => {
    const { url, managementUrl, stop } = await start({ SHUTDOWN_DRAIN_MS: '2000' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await get(`${url}/items/1`, agent)).toEqual({ status: 200, connection: 'keep-alive' });
    const stopped = stop();
    expect((await fetch(`${managementUrl}/readyz`)).status).toBe(503);
    expect(await get(`${url}/items/2`, agent)).toEqual({ status: 200, connection: 'close' });
    expect(await get(`${url}/items/3`, agent)).toEqual({ status: 200, connection: 'close' });
    await stopped;
    await expect(get(`${url}/items/4`, agent)).rejects.toThrow();
    agent.destroy();
  });
});

const get = (url: string, agent: Agent) =>
  new Promise<{ status?: number; connection?: string }>((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
    })
      .once('error', reject)
      .end();
  });
