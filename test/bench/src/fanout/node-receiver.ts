import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The receiver for machines without Go: the same answers as `test/bench/receiver`, from a process of its own. */
const SLOW_MS = 3_000;
/** By path and webhook-id: when it came first, in microseconds since 1970. */
const ids = new Map<string, number>();
let requests = 0;

const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/stats') return response.end(JSON.stringify({ requests, distinct: ids.size }));
  if (request.url === '/reset') {
    requests = 0;
    ids.clear();
    return response.end();
  }
  if (request.url === '/arrivals') return response.end([...ids].map(([id, at]) => `${id} ${at}\n`).join(''));
  if (request.url === '/slow') return setTimeout(() => response.writeHead(204).end(), SLOW_MS);
  if (request.url === '/throttled') return response.writeHead(429, { 'retry-after': '1' }).end();
  requests += 1;
  const id = `${request.url} ${String(request.headers['webhook-id'])}`;
  if (!ids.has(id)) ids.set(id, Math.round((performance.timeOrigin + performance.now()) * 1000));
  return response.writeHead(204).end();
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
