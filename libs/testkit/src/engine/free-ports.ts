import { type AddressInfo, createServer, type Server } from 'node:net';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Ports that were free on 127.0.0.1 a moment ago, all different: they are held together before they are let go. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
};

/** The preferred port when nobody listens on it, else a free one: tools keep their settings as long as possible. */
export const preferPort = async (preferred: number): Promise<number> => {
  const server = await listen(preferred).catch(() => listen(0));
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
};
