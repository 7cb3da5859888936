import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The receiver for machines without Go: the same answers as `test/bench/receiver`, from a process of its own. */
const ids = new Set<string>();
let requests = 0;

const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/stats') return response.end(JSON.stringify({ requests, distinct: ids.size }));
  if (request.url === '/reset') {
    requests = 0;
    ids.clear();
    return response.end();
  }
  requests += 1;
  ids.add(String(request.headers['webhook-id']));
  return response.writeHead(204).end();
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
