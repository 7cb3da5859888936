import type { Socket } from 'node:net';

/** How long each step of opening a connection took, in milliseconds; a step that there was none of is left out. */
export interface ConnectionTimes {
  /** The name's look-up; not for an address. */
  dns?: number;
  tcp?: number;
  /** Only https. */
  tls?: number;
}

const opened = new WeakMap<object, ConnectionTimes>();

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** Notes when the steps of a socket that is being opened are done. */
export function watchConnection(socket: Socket): void {
  const times: ConnectionTimes = {};
  let since = performance.now();
  const step = (name: keyof ConnectionTimes) => () => {
    const now = performance.now();
    times[name] = rounded(now - since);
    since = now;
  };
  socket.once('lookup', step('dns'));
  // Before undici's own listeners: those write the request at once, and that is no part of the connection.
  socket.prependOnceListener('connect', step('tcp')).prependOnceListener('secureConnect', step('tls'));
  opened.set(socket, times);
}

/** What opening the socket took, for the first request on it; undefined for every later one. */
export function takeConnectionTimes(socket: object): ConnectionTimes | undefined {
  const times = opened.get(socket);
  opened.delete(socket);
  return times;
}
