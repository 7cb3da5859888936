import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgressDispatcher } from '@claimwire/egress';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { answerOf } from './attempter.js';
import { Deadlines } from './deadlines.js';
import { exchange } from './http-exchange.js';

const servers: Server[] = [];
const agent = new Agent();
const deadlines = new Deadlines();

type Request = Parameters<typeof exchange>[1];

async function send(
  listener: RequestListener,
  more: Partial<Pick<Request, 'timeoutMs' | 'headers' | 'method' | 'body'>> = {},
) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = {
    origin,
    path: '/in?x=1',
    method: 'POST',
    headers: [],
    body: Buffer.from('{}'),
    // Long: only what is to time out says how soon.
    timeoutMs: 20_000,
  } as const;
  return exchange(agent, { ...request, headers: [], ...more }, deadlines);
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('an exchange', () => {
  it('has the status, headers, body and phases of the answer', async () => {
    const done = await send((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end('slow down'));
    expect(done).toMatchObject({ status: 429, error: null, headers: { 'retry-after': '7' } });
    expect(done.body.toString()).toBe('slow down');
    expect(done.phases.total).toBeGreaterThanOrEqual(done.phases.firstByte ?? Infinity);
  });

  it('with Retry-After twice is an answer like others, of which the first counts', async () => {
    const done = await send((_request, response) => response.setHeader('retry-after', ['7', '9']).writeHead(429).end());
    expect(done.headers['retry-after']).toEqual(['7', '9']);
    expect(answerOf(done)).toEqual({ kind: 'response', status: 429, retryAfter: '7' });
  });

  it.each([
    ['POST', '{}'],
    ['PUT', '{}'],
    ['PATCH', '{}'],
    ['GET', null],
    ['DELETE', null],
  ] as const)('sends by %s with the body %s', async (method, body) => {
    const received = await new Promise<unknown>((resolve, reject) => {
      send(
        (request, response) => {
          const chunks: Buffer[] = [];
          request.on('data', (chunk: Buffer) => chunks.push(chunk));
          request.on('end', () => {
            resolve({ method: request.method, url: request.url, body: Buffer.concat(chunks).toString() });
            response.end();
          });
        },
        { method, body: body === null ? null : Buffer.from(body) },
      ).catch(reject);
    });
    expect(received).toEqual({ method, url: '/in?x=1', body: body ?? '' });
  });

  it('says what opening the connection took, where it needed a new one', async () => {
    const server = createServer((_request, response) => response.end());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const through = createEgressDispatcher({
      allowNetworks: ['127.0.0.0/8'],
      resolve: (_name, _options, done) => setImmediate(done, null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const origin = `http://pms.example:${(server.address() as AddressInfo).port}`;
    const request = { origin, path: '/', method: 'GET', headers: [], body: null, timeoutMs: 20_000 } as const;
    const first = await exchange(through, { ...request, headers: [] }, deadlines);
    // Only then does its socket wait for the next request.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await exchange(through, { ...request, headers: [] }, deadlines);
    expect(Object.keys(first.phases)).toEqual(['dns', 'tcp', 'connect', 'firstByte', 'total']);
    expect(first.phases.connect).toBeGreaterThanOrEqual((first.phases.dns ?? Infinity) + (first.phases.tcp ?? 0) - 0.2);
    expect(Object.keys(second.phases)).toEqual(['connect', 'firstByte', 'total']);
    await through.destroy();
  });

  it('keeps 2 kB of the body and closes the socket of one without end', async () => {
    const done = await send((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, 'x')));
      };
      response.on('drain', pour);
      pour();
    });
    expect([done.status, done.error, done.body.length]).toEqual([200, null, 2048]);
  });

  it('times out where no answer begins', async () => {
    const done = await send(() => undefined, { timeoutMs: 300 });
    expect(done).toMatchObject({ status: null, error: 'timeout' });
    expect(done.phases.total).toBeGreaterThanOrEqual(299);
  });

  it('times out where the answer does not end', async () => {
    const done = await send((_request, response) => response.writeHead(200).write('half'), { timeoutMs: 300 });
    expect(done).toMatchObject({ status: null, error: 'timeout' });
  });

  it('is not sent when its time is over before there is a socket, also where no timer has rung yet', async () => {
    let aborted = false;
    let sent = 0;
    const controller = { abort: () => (aborted = true) } as unknown as Dispatcher.DispatchController;
    // As in a process that was stopped and goes on: it hears of the socket first.
    const late = {
      dispatch: (_options: object, handler: Dispatcher.DispatchHandler) => {
        const until = performance.now() + 25;
        while (performance.now() < until);
        handler.onRequestStart?.(controller, {});
        if (!aborted) sent += 1;
        return true;
      },
    } as unknown as Dispatcher;
    const request = { origin: 'http://pms.example', path: '/', method: 'POST' as const, headers: [], body: null };
    expect(await exchange(late, { ...request, timeoutMs: 20 }, deadlines)).toMatchObject({ error: 'timeout' });
    expect(await exchange(late, { ...request, timeoutMs: 0 }, deadlines)).toMatchObject({ error: 'timeout' });
    expect(sent).toBe(0);
  });

  it('names a reset', async () => {
    expect(await send((request) => request.socket.destroy())).toMatchObject({
      status: null,
      error: 'connection_reset',
    });
  });

  it('names a refused connection', async () => {
    const request = {
      origin: 'http://127.0.0.1:1',
      path: '/',
      method: 'POST',
      headers: [],
      body: null,
      timeoutMs: 20_000,
    };
    expect(await exchange(agent, { ...request, method: 'POST' }, deadlines)).toMatchObject({
      error: 'connection_refused',
    });
  });

  it('names a request that cannot be made', async () => {
    const done = await send((_request, response) => response.end(), { headers: ['bad name', 'x'] });
    expect(done).toMatchObject({ status: null, error: 'invalid_request' });
  });

  it('does not follow a redirect', async () => {
    const done = await send((_request, response) => response.writeHead(307, { location: '/other' }).end());
    expect(done.status).toBe(307);
  });
});
