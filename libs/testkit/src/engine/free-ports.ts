import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32768): one of those could be taken by any client
 * before its server starts, or while it is killed and about to start again on it.
 */
const FIRST = 10_240;
const LAST = 32_000;
const TRIES = 100;

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const listenAnywhere = async (triesLeft = TRIES): Promise<Server> => {
  try {
    return await listen(randomInt(FIRST, LAST));
  } catch (error) {
    if (triesLeft === 0) throw error;
    return listenAnywhere(triesLeft - 1);
  }
};

/** Ports that were free on 127.0.0.1 a moment ago, all different: they are held together before they are let go. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listenAnywhere()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
};

export const freePort = async (): Promise<number> => (await freePorts(1))[0]!;

/** The preferred port when nobody listens on it, else a free one: tools keep their settings as long as possible. */
export const preferPort = async (preferred: number): Promise<number> => {
  const server = await listen(preferred).catch(() => listenAnywhere());
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
};
