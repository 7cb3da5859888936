import { Resolver } from 'node:dns/promises';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostsFile } from './hosts-file.js';

/** Resolves a host to all its addresses, as `dns.lookup` does with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface HostResolverOptions {
  /** "address" or "address:port" each; those of /etc/resolv.conf by default. */
  servers?: readonly string[];
  hosts?: Pick<HostsFile, 'addresses'>;
}

interface Answer {
  addresses: LookupAddress[];
  /** By performance.now(). */
  until: number;
}

/** A name server is asked twice: after two seconds, and after four more it counts as silent. */
const QUERY = { timeout: 2_000, tries: 2 };
/** How long the second family is waited for when the first one is there (RFC 8305, "Resolution Delay"). */
const SECOND_FAMILY_MS = 50;
/** An answer is kept as long as its TTL says, but a changed address is seen within this time. */
const LONGEST_KEPT_SECONDS = 30;
const MOST_KEPT = 10_000;
/** /etc/resolv.conf is read when a resolver is made: after this time there is a new one. */
const RESOLVER_AGE_MS = 30_000;
const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];
/** The name is not there; anything else may pass. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

class HostUnknownError extends Error {
  constructor(readonly code: 'ENOTFOUND' | 'EAI_AGAIN') {
    super('the name of the host could not be resolved');
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** RFC 6761, 6.3: never asked for, whatever the name server would say. */
const isLocalhost = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

/**
 * Names to addresses without `dns.lookup`: that takes one of the process's four worker threads for as long as the name
 * server lets it wait, so that four names of a silent server would stop every other webhook's look-ups. Here a look-up
 * costs a datagram. Hosts file first, then A and AAAA records; full names only (no search list). One question at a time
 * per name, its answer kept for its TTL.
 */
export class HostResolver {
  private readonly kept = new Map<string, Answer>();
  private readonly asking = new Map<string, Promise<LookupAddress[]>>();
  private readonly hosts: Pick<HostsFile, 'addresses'>;
  private resolver: Resolver | undefined;
  private resolverMadeAt = 0;

  constructor(private readonly options: HostResolverOptions = {}) {
    this.hosts = options.hosts ?? new HostsFile();
  }

  readonly resolve: Resolve = (hostname, _options, done) => {
    this.addresses(hostname).then(
      (addresses) => done(null, addresses),
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };

  /** @throws an error with code ENOTFOUND or EAI_AGAIN; its message does not hold the name */
  async addresses(hostname: string): Promise<LookupAddress[]> {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    const own = this.hosts.addresses(name);
    if (own.length > 0) return own;
    if (isLocalhost(name)) return LOOPBACK;
    const known = this.kept.get(name);
    if (known && performance.now() < known.until) return known.addresses;
    const asked = this.asking.get(name) ?? this.ask(name);
    return asked;
  }

  private ask(name: string): Promise<LookupAddress[]> {
    const asked = this.query(name).finally(() => this.asking.delete(name));
    this.asking.set(name, asked);
    return asked;
  }

  private async query(name: string): Promise<LookupAddress[]> {
    const resolver = this.currentResolver();
    const answers = [
      resolver.resolve4(name, { ttl: true }).then((rows) => rows.map((row) => ({ ...row, family: 4 }))),
      resolver.resolve6(name, { ttl: true }).then((rows) => rows.map((row) => ({ ...row, family: 6 }))),
    ];
    const settled = Promise.allSettled(answers);
    const first = await Promise.any(answers).catch(() => null);
    // Without both there is nothing more to come; else the slower family gets its moment.
    const moment = first ? sleep(SECOND_FAMILY_MS, undefined, { ref: false }) : settled;
    const both = await Promise.race([settled, moment]);
    const rows = both ? both.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])) : (first ?? []);
    if (rows.length === 0) throw new HostUnknownError(isAbsent(await settled) ? 'ENOTFOUND' : 'EAI_AGAIN');
    const addresses = rows.map(({ address, family }) => ({ address, family }));
    this.keep(name, addresses, Math.min(...rows.map(({ ttl }) => ttl)));
    return addresses;
  }

  private keep(name: string, addresses: LookupAddress[], ttlSeconds: number): void {
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const seconds = Math.min(ttlSeconds, LONGEST_KEPT_SECONDS);
    this.kept.set(name, { addresses, until: performance.now() + seconds * 1000 });
  }

  private currentResolver(): Resolver {
    const now = performance.now();
    if (!this.resolver || now - this.resolverMadeAt > RESOLVER_AGE_MS) {
      this.resolver = new Resolver(QUERY);
      this.resolverMadeAt = now;
      if (this.options.servers) this.resolver.setServers(this.options.servers);
    }
    return this.resolver;
  }
}

const isAbsent = (answers: PromiseSettledResult<unknown>[]): boolean =>
  answers.every((answer) => answer.status === 'fulfilled' || ABSENT.has(codeOf(answer.reason)));
