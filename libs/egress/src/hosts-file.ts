import { readFileSync } from 'node:fs';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

type Hosts = ReadonlyMap<string, LookupAddress[]>;

/** Read again after this time: container platforms rewrite the file while a process runs. */
const REREAD_MS = 10_000;

/** Names and their addresses, as hosts(5) has them. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names) {
      const known = hosts.get(name.toLowerCase()) ?? [];
      hosts.set(name.toLowerCase(), [...known, { address, family }]);
    }
  }
  return hosts;
}

/** The operator's own names: what `/etc/hosts` says goes before any name server. */
export class HostsFile {
  private hosts: Hosts = new Map();
  private readAt = -Infinity;

  constructor(private readonly path = '/etc/hosts') {}

  addresses(name: string): LookupAddress[] {
    if (performance.now() - this.readAt > REREAD_MS) this.read();
    return this.hosts.get(name) ?? [];
  }

  private read(): void {
    this.readAt = performance.now();
    try {
      this.hosts = parseHosts(readFileSync(this.path, 'utf8'));
    } catch {
      // There need not be one.
      this.hosts = new Map();
    }
  }
}
