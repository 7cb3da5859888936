import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Answers 204 and checks, in a process of its own: each path's versions of each claim must be 1, 2, 3, … GET /stats says
 * what came. Prints its port.
 */
const newest = new Map<string, number>();
const stats = { distinct: 0, repeated: 0, outOfOrder: 0 };

function note(path: string, body: string): void {
  const { claimKey, version } = JSON.parse(body) as { claimKey: string; version: number };
  const key = `${path} ${claimKey}`;
  const before = newest.get(key) ?? 0;
  if (version <= before) return void (stats.repeated += 1);
  stats.distinct += 1;
  if (version !== before + 1) stats.outOfOrder += 1;
  newest.set(key, version);
}

const server = createServer((request, response) => {
  const { url = '' } = request;
  if (url === '/stats') {
    response.end(JSON.stringify(stats));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    note(url, Buffer.concat(chunks).toString());
    response.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
