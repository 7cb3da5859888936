import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefusedError } from './address-refused.error.js';
import { createEgressDispatcher } from './egress-dispatcher.js';
import { DnsServer } from '../test/dns-server.js';
import { HostResolver } from './host-resolver.js';
import type { Resolve } from './host-resolver.js';

let server: Server;
let port: number;
let hits = 0;
const open: Dispatcher[] = [];

const dispatcher = (allowNetworks: string[], resolve?: Resolve) => {
  const made = createEgressDispatcher({ allowNetworks, resolve, connectTimeoutMs: 1_000 });
  open.push(made);
  return made;
};
const resolvesTo =
  (...addresses: string[]): Resolve =>
  (_hostname, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const get = (host: string, through: Dispatcher) => request(`http://${host}:${port}/`, { dispatcher: through });

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    hits += 1;
    response.shouldKeepAlive = url !== '/close';
    response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.destroy()));
  hits = 0;
});
afterAll(() => server.close());

describe('a request through the egress dispatcher', () => {
  it.each([
    'localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '0.0.0.0',
    '0',
    '0x7f.1',
    '017700000001',
    '0X7F.0x0.0x0.0x1',
    '127.0.0.1.',
    '127.0.1',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    'LOCALHOST.',
    'claims.localhost',
    'pms.example@127.0.0.1',
  ])('opens no socket to the own host, spelled %s', async (host) => {
    await expect(get(host, dispatcher([]))).rejects.toBeInstanceOf(AddressRefusedError);
    expect(hits).toBe(0);
  });

  it('opens no socket to a name that resolves to a private address', async () => {
    const through = dispatcher([], resolvesTo('127.0.0.1', '::1', '10.0.0.1'));
    await expect(get('public.example', through)).rejects.toMatchObject({ code: 'ERR_ADDRESS_REFUSED' });
    expect(hits).toBe(0);
  });

  it('dials the address that was checked, not one of a second look-up', async () => {
    const answers = [['127.0.0.1'], ['10.255.255.1']];
    let lookups = 0;
    const rebinding: Resolve = (hostname, options, done) =>
      resolvesTo(...(answers[lookups++] ?? []))(hostname, options, done);
    const { statusCode } = await get('rebinding.example', dispatcher(['127.0.0.0/8'], rebinding));
    expect(statusCode).toBe(302);
    expect(lookups).toBe(1);
  });

  it('judges each connection anew by what the name server says then', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    let asked = 0;
    // A and AAAA are asked for each time.
    const names = await DnsServer.start(() => answers[Math.floor(asked++ / 2)] ?? []);
    const { resolve } = new HostResolver({ servers: [names.address], hosts: { addresses: () => [] } });
    const through = dispatcher(['127.0.0.0/8'], resolve);
    const first = await request(`http://rebinding.example:${port}/close`, { dispatcher: through });
    await first.body.dump();
    expect(first.statusCode).toBe(302);
    await expect(get('rebinding.example', through)).rejects.toBeInstanceOf(AddressRefusedError);
    expect(hits).toBe(1);
    names.stop();
  });

  it('dials only the allowed ones among the addresses of a name', async () => {
    const through = dispatcher(['127.0.0.0/8'], resolvesTo('10.255.255.1', '127.0.0.1'));
    expect((await get('mixed.example', through)).statusCode).toBe(302);
  });

  it('does not follow a redirect', async () => {
    const response = await get('127.0.0.1', dispatcher(['127.0.0.0/8']));
    await response.body.dump();
    expect(response.statusCode).toBe(302);
    expect(hits).toBe(1);
  });

  it('names no address in the error', async () => {
    const failed = get('127.0.0.1', dispatcher([]));
    await expect(failed).rejects.toThrow(/^the host resolves to an address that may not be called$/);
  });

  it('hands back a failed look-up as it is', async () => {
    const failing: Resolve = (_hostname, _options, done) =>
      done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    await expect(get('missing.example', dispatcher([], failing))).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
