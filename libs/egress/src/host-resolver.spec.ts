import { afterEach, describe, expect, it } from 'vitest';
import { DnsServer } from '../test/dns-server.js';
import type { Zone } from '../test/dns-server.js';
import { HostResolver } from './host-resolver.js';
import { parseHosts } from './hosts-file.js';

let server: DnsServer | undefined;
afterEach(() => server?.stop());

const NO_HOSTS = { addresses: () => [] };
async function resolver(
  zone: Zone,
  hosts: { addresses: (name: string) => { address: string; family: number }[] } = NO_HOSTS,
) {
  server = await DnsServer.start(zone);
  return new HostResolver({ servers: [server.address], hosts });
}

describe('a look-up', () => {
  it('gives every address of a name', async () => {
    const names = await resolver(() => ['192.0.2.1', '192.0.2.2']);
    const addresses = await names.addresses('pms.example');
    expect(addresses.map(({ address }) => address).toSorted()).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('asks once for a name however many wait', async () => {
    const names = await resolver(() => ['192.0.2.1']);
    await Promise.all(Array.from({ length: 20 }, () => names.addresses('PMS.example.')));
    expect(server?.asked.toSorted()).toEqual(['pms.example A', 'pms.example AAAA']);
  });

  it('of a name that is not there says so, and names it nowhere', async () => {
    const names = await resolver(() => []);
    const failed = names.addresses('missing.example');
    await expect(failed).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(failed).rejects.not.toThrow(/missing/);
  });

  it('of many names of a silent server holds no other name up', async () => {
    const names = await resolver((name) => (name.startsWith('silent') ? null : ['192.0.2.1']));
    const open = new Set<Promise<unknown>>();
    for (let count = 0; count < 50; count += 1) {
      const asked = names.addresses(`silent-${count}.example`).catch(() => undefined);
      open.add(asked);
      void asked.then(() => open.delete(asked));
    }
    await names.addresses('pms.example');
    expect(open.size).toBe(50);
  });

  it('sees a changed answer', async () => {
    const answers = [['192.0.2.1'], ['192.0.2.2']];
    let asked = 0;
    const names = await resolver(() => answers[Math.floor(asked++ / 2)] ?? []);
    expect(await names.addresses('pms.example')).toEqual([{ address: '192.0.2.1', family: 4 }]);
    expect(await names.addresses('pms.example')).toEqual([{ address: '192.0.2.2', family: 4 }]);
  });

  it('believes the hosts file first, and asks nobody for localhost', async () => {
    const hosts = parseHosts('192.0.2.7 pms.example Other # old\n::1 pms.example\nrubbish here\n\n');
    const names = await resolver(() => ['192.0.2.1'], { addresses: (name) => hosts.get(name) ?? [] });
    expect(await names.addresses('PMS.example')).toEqual([
      { address: '192.0.2.7', family: 4 },
      { address: '::1', family: 6 },
    ]);
    expect(await names.addresses('other')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    expect((await names.addresses('localhost')).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    expect(server?.asked).toEqual([]);
  });
});
