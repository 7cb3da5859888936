import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { HealthRegistry, HealthReport } from './health-registry.js';

export interface ManagementServer {
  /** "http://127.0.0.1:5101" */
  url: string;
  close(): Promise<void>;
}

export interface ManagementOptions {
  host: string;
  port: number;
  health: HealthRegistry;
  registry: Registry;
}

/**
 * `/livez`, `/readyz`, `/metrics` on a port of their own, so that they are never public. Plain node:http and started
 * before the app: a probe learns why a slow start is slow, and a broken app cannot take its own probe down.
 * @throws Error of `listen`, for example EADDRINUSE
 */
export async function startManagementServer(options: ManagementOptions): Promise<ManagementServer> {
  const server = createServer((request, response) => void answer(options, request, response));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

async function answer({ health, registry }: ManagementOptions, request: IncomingMessage, response: ServerResponse) {
  const path = request.url?.split('?')[0];
  if (path === '/livez') return sendReport(response, health.liveness());
  if (path === '/readyz') return sendReport(response, health.readiness());
  if (path === '/metrics') return sendMetrics(response, registry);
  return send(response, 404, 'application/json', '{"paths":["/livez","/readyz","/metrics"]}');
}

async function sendMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  try {
    send(response, 200, registry.contentType, await registry.metrics());
  } catch {
    send(response, 500, 'text/plain', 'a collector failed');
  }
}

function sendReport(response: ServerResponse, report: HealthReport): void {
  send(response, report.ok ? 200 : 503, 'application/json', JSON.stringify(report));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
