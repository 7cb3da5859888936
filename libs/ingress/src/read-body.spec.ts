import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { InFlightBudget } from './in-flight-budget.js';
import { type BodyReading, readBody } from './read-body.js';
import { WebhookRequest } from './webhook-request.js';

const LIMIT = 1000;
let budget = new InFlightBudget(10_000);

describe.each([
  ['as the parser gives it', WebhookRequest],
  ['from a stream', IncomingMessage],
])('readBody %s', (_way, Request) => {
  let server: Server;
  const readings: BodyReading[] = [];

  const start = async (): Promise<number> => {
    const handle = async (request: IncomingMessage): Promise<number> => {
      const reading = await readBody(request, LIMIT, budget.open());
      readings.push(reading);
      return reading.kind === 'complete' ? 200 : 413;
    };
    server = createServer(
      { IncomingMessage: Request },
      (request, response) => void handle(request).then((status) => response.writeHead(status).end()),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    readings.length = 0;
    budget = new InFlightBudget(10_000);
  });

  const post = (port: number, body: Buffer | ReadableStream): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, duplex: 'half' });

  it('takes no body for which other requests leave no room', async () => {
    const port = await start();
    const other = budget.open();
    other.grow(9_500);
    expect((await post(port, Buffer.alloc(501))).status).toBe(413);
    expect(readings).toEqual([{ kind: 'no_room' }]);
    other.release();
    expect((await post(port, Buffer.alloc(501))).status).toBe(200);
  });

  it('gives the bytes exactly as they came, in one piece or many', async () => {
    const port = await start();
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x7b]);
    await post(port, bytes);
    await post(
      port,
      new ReadableStream({
        start(controller) {
          for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
          controller.close();
        },
      }),
    );
    await post(port, Buffer.alloc(LIMIT, 'x'));
    expect(readings.map((reading) => reading.kind)).toEqual(['complete', 'complete', 'complete']);
    expect(readings[0]).toEqual({ kind: 'complete', body: bytes });
    expect(readings[1]).toEqual({ kind: 'complete', body: bytes });
  });

  it('refuses a longer body by its Content-Length before any of it came', async () => {
    const port = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('413');
    socket.destroy();
  });

  it('refuses a body without length once it grows past the limit, and still delivers the answer', async () => {
    const port = await start();
    const chunk = new Uint8Array(600);
    const response = await post(
      port,
      new ReadableStream({
        start(controller) {
          for (let count = 0; count < 100; count++) controller.enqueue(chunk);
          controller.close();
        },
      }),
    );
    expect(response.status).toBe(413);
    expect(readings).toEqual([{ kind: 'too_large' }]);
  });

  it('notices a sender that goes away', async () => {
    const port = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
    await once(socket, 'connect');
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    while (readings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(readings).toEqual([{ kind: 'aborted' }]);
  });

  it('reads one request after another of a connection, sent at once, with bodies and without', async () => {
    const port = await start();
    const socket = connect(port, '127.0.0.1');
    const requestOf = (body: string) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const bodies = ['first', '', 'x'.repeat(LIMIT), 'last'];
    socket.write(bodies.map(requestOf).join(''));
    await expect.poll(() => readings.length, { timeout: 20_000 }).toBe(bodies.length);
    socket.write(requestOf('later'));
    await expect.poll(() => readings.length, { timeout: 20_000 }).toBe(bodies.length + 1);
    expect(readings.map((reading) => reading.kind === 'complete' && reading.body.toString())).toEqual([
      ...bodies,
      'later',
    ]);
    socket.destroy();
  });
});
