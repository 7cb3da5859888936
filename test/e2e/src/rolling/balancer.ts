import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Backend {
  port: number;
  /** Whose /readyz decides whether it gets connections. */
  managementUrl: string;
}

const LOOK_MS = 100;

/**
 * Deals connections to the replicas that are ready, in turn, as a Kubernetes Service does: whole connections, so that one that is
 * kept alive stays with its replica. A replica that stops being ready gets no new one and keeps those that it has.
 */
export class Balancer {
  private readonly backends: Backend[] = [];
  private ready: Backend[] = [];
  private turn = 0;
  private readonly sockets = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;
  private readonly server = createServer((client) => this.forward(client));
  /** Connections that no replica was ready for, or that were refused. */
  refused = 0;

  private constructor() {
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  static async start(port: number): Promise<Balancer> {
    const balancer = new Balancer();
    balancer.server.listen(port, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  add(backend: Backend): void {
    this.backends.push(backend);
  }

  remove(backend: Backend): void {
    const at = this.backends.indexOf(backend);
    if (at >= 0) this.backends.splice(at, 1);
    this.ready = this.ready.filter((one) => one !== backend);
  }

  async look(): Promise<void> {
    const looked = await Promise.all(
      this.backends.map(async (backend) => {
        const answer = await fetch(`${backend.managementUrl}/readyz`).catch(() => null);
        await answer?.arrayBuffer();
        return answer?.ok ? [backend] : [];
      }),
    );
    this.ready = looked.flat().filter((backend) => this.backends.includes(backend));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(client: Socket): void {
    const backend = this.ready[this.turn++ % Math.max(1, this.ready.length)];
    if (!backend) {
      this.refused += 1;
      return void client.resetAndDestroy();
    }
    const upstream = connect(backend.port, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') this.refused += 1;
        other.resetAndDestroy();
      });
    }
    client.pipe(upstream).pipe(client);
  }
}
