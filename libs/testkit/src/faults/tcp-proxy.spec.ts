import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './tcp-proxy.js';

let echo: Server;
let proxy: TcpProxy;
const heard: string[] = [];
const clients: Socket[] = [];

beforeEach(async () => {
  heard.length = 0;
  echo = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        heard.push(chunk.toString());
        socket.write(chunk);
      }),
  );
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await TcpProxy.start((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  clients.splice(0).forEach((client) => client.destroy());
  await proxy.stop();
  echo.close();
});

const open = async (): Promise<{ socket: Socket; got: string[]; closed: Promise<unknown> }> => {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const got: string[] = [];
  socket.on('data', (chunk: Buffer) => got.push(chunk.toString())).on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, got, closed: new Promise((resolve) => socket.once('close', resolve)) };
};

describe('TcpProxy', () => {
  it('passes both ways; while paused nothing, and afterwards what was held up', async () => {
    const { socket, got } = await open();
    socket.write('a');
    await expect.poll(() => got).toEqual(['a']);
    proxy.pause();
    socket.write('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([heard, got]).toEqual([['a'], ['a']]);
    proxy.resume();
    await expect.poll(() => got).toEqual(['a', 'b']);
  });

  it('passes on what is slow later and in order, and at once when it is slow no more', async () => {
    const { socket, got } = await open();
    const from = performance.now();
    proxy.slow(100);
    for (const letter of 'abc') {
      socket.write(letter);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect.poll(() => got.join('')).toBe('abc');
    expect(performance.now() - from).toBeGreaterThanOrEqual(200);
    proxy.slow(60 * 60_000);
    socket.write('d');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.join('')).toBe('abc');
    proxy.slow(0);
    await expect.poll(() => got.join('')).toBe('abcd');
  });

  it('forgets what is open for good, and passes what is new', async () => {
    const old = await open();
    old.socket.write('a');
    await expect.poll(() => old.got).toEqual(['a']);
    proxy.forget();
    old.socket.write('b');
    const fresh = await open();
    fresh.socket.write('c');
    await expect.poll(() => fresh.got).toEqual(['c']);
    proxy.resume();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([heard, old.got]).toEqual([['a', 'c'], ['a']]);
  });

  it('resets open and new connections while cut', async () => {
    const first = await open();
    proxy.cut();
    await first.closed;
    // Reset while it connects or right after, as the network likes: nothing comes through.
    const second = open().then(({ socket, closed }) => (socket.write('x'), closed));
    await second.catch(() => undefined);
    expect(heard).toEqual([]);
    proxy.mend();
    const { socket, got } = await open();
    socket.write('a');
    await expect.poll(() => got).toEqual(['a']);
  });

  it('loses the answer to a request that matches, after the server got it', async () => {
    proxy.loseAnswers(1, (request) => request.toString().startsWith('lose'));
    const { socket, got, closed } = await open();
    socket.write('keep');
    await expect.poll(() => got).toEqual(['keep']);
    socket.write('lose');
    await closed;
    expect([heard, got, proxy.lost]).toEqual([['keep', 'lose'], ['keep'], 1]);
  });
});
