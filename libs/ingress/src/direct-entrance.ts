import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { IngressRoute } from '@claimwire/provider-kit';

/** What tokens are made of; anything else, for example percent-encoding, is the router's to judge. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

export interface Directed {
  route: IngressRoute;
  token: string;
}

/** @returns where a plain webhook goes; null for any request that is not one to the letter */
export function direct(
  { method, url }: Pick<IncomingMessage, 'method' | 'url'>,
  prefix: string,
  routes: ReadonlyMap<string, IngressRoute>,
): Directed | null {
  if (method !== 'POST' || !url?.startsWith(prefix)) return null;
  const slash = url.indexOf('/', prefix.length);
  const end = slash === -1 ? url.length : slash;
  const route = routes.get(url.slice(end));
  const token = url.slice(prefix.length, end);
  return route && TOKEN.test(token) ? { route, token } : null;
}

/**
 * Lets plain webhooks in before Fastify: its router, the six hooks that Nest's adapter hangs on every request, its Request and
 * Reply do nothing for them. Every other request takes the usual way.
 * @param serve takes the request and returns true, or returns false and leaves it as it is
 */
export function openDirectEntrance(
  server: Server,
  serve: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const usual = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (serve(request, response)) return;
    for (const listener of usual) listener.call(server, request, response);
  });
}
