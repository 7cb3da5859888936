import { isIP, Socket } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import { addressPolicy } from './address-policy.js';
import type { AddressPolicy } from './address-policy.js';
import { AddressRefusedError } from './address-refused.error.js';
import { watchConnection } from './connection-times.js';
import { HostResolver } from './host-resolver.js';
import type { Resolve } from './host-resolver.js';

/**
 * Where a name has several addresses, each but the last has this long. Node's default of 250 ms gives up far continents'
 * servers: it abandons the first address for one of a family that may have no route.
 */
const ADDRESS_ATTEMPT_MS = 2_500;

export interface EgressOptions {
  /** Networks in CIDR notation that may be called although they are not public; empty in production. */
  allowNetworks: readonly string[];
  /** Most sockets per origin; unlimited by default: whoever sends bounds what is in flight. */
  connections?: number;
  /** Milliseconds for name resolution, TCP and TLS together, default 10,000. */
  connectTimeoutMs?: number;
  /** Milliseconds that an idle socket stays open where the server says nothing, default 4,000. */
  keepAliveTimeoutMs?: number;
  /** Names to addresses; a HostResolver by default. */
  resolve?: Resolve;
}

/** The addresses of a host that may be called: the socket dials exactly what was checked, there is no second look-up. */
function checkedLookup(allows: AddressPolicy, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      const [first, ...others] = addresses.filter(({ address }) => allows(address));
      if (!first) return callback(new AddressRefusedError(), [], 0);
      if (options.all) return callback(null, [first, ...others]);
      return callback(null, first.address, first.family);
    });
  };
}

/**
 * A dispatcher for hosts that a tenant sets: it opens no socket to a private, loopback, link-local, metadata or otherwise
 * special address, decided at connect time on the resolved address.
 * Redirects are not followed: the answer is handed back as it is. HTTP/1.1, so that one request has one socket.
 *
 * A request to a refused address fails with AddressRefusedError (code ERR_ADDRESS_REFUSED).
 * @throws Error naming the entry of `allowNetworks` that is not a network
 */
export function createEgressDispatcher(options: EgressOptions): Dispatcher {
  const { allowNetworks, connections, connectTimeoutMs = 10_000, keepAliveTimeoutMs = 4_000 } = options;
  const allows = addressPolicy(allowNetworks);
  const lookup = checkedLookup(allows, options.resolve ?? new HostResolver().resolve);
  const families = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS };
  const dial = buildConnector({ lookup, timeout: connectTimeoutMs, allowH2: false, ...families });
  return new Agent({
    connections: connections ?? null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    connect: (target, callback) => {
      // A literal address is dialled without a look-up, so it is judged here.
      if (isIP(target.hostname) !== 0 && !allows(target.hostname)) return callback(new AddressRefusedError(), null);
      const socket: unknown = dial(target, callback);
      if (socket instanceof Socket) watchConnection(socket);
    },
  });
}
