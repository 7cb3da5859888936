import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
  /** What the server says next is thrown away, and both connections with it. */
  loseAnswer: boolean;
}

/** How many answers are to get lost, of requests that `matches` is true for. */
interface Loss {
  left: number;
  matches: (request: Buffer) => boolean;
}

/** Stands between a client and a server on 127.0.0.1, and does to their connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private isCut = false;
  private isPaused = false;
  private loss: Loss = { left: 0, matches: () => false };
  private lostCount = 0;

  private constructor(
    private readonly listener: Server,
    private readonly targetPort: number,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  /** @param port where it listens; 0 = any free one */
  static async start(targetPort: number, port = 0): Promise<TcpProxy> {
    // Half-open on purpose: each side's end is passed on, not answered.
    const listener = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(listener, targetPort);
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Answers lost so far. */
  get lost(): number {
    return this.lostCount;
  }

  /** Nothing passes any more, as if packets were dropped; connections stay. */
  pause(): void {
    this.isPaused = true;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.pause());
  }

  resume(): void {
    this.isPaused = false;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resume());
  }

  /** Resets every connection, and each new one, until `mend`. */
  cut(): void {
    this.isCut = true;
    for (const pair of this.pairs) this.reset(pair);
  }

  mend(): void {
    this.isCut = false;
  }

  /** The server gets the next `count` requests that match, and their answers never arrive: the connection breaks instead. */
  loseAnswers(count: number, matches: (request: Buffer) => boolean = () => true): void {
    this.loss = { left: count, matches };
  }

  async stop(): Promise<void> {
    this.cut();
    const closed = once(this.listener, 'close');
    this.listener.close();
    await closed;
  }

  private join(client: Socket): void {
    if (this.isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair: Pair = { client, server, loseAnswer: false };
    this.pairs.add(pair);
    client.on('data', (chunk: Buffer) => this.toServer(pair, chunk));
    server.on('data', (chunk: Buffer) => this.toClient(pair, chunk));
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    for (const socket of [client, server]) {
      socket.on('error', () => this.reset(pair));
      socket.on('close', () => this.reset(pair));
      if (this.isPaused) socket.pause();
    }
  }

  private toServer(pair: Pair, chunk: Buffer): void {
    if (this.loss.left > 0 && this.loss.matches(chunk)) {
      this.loss.left -= 1;
      pair.loseAnswer = true;
    }
    pair.server.write(chunk);
  }

  private toClient(pair: Pair, chunk: Buffer): void {
    if (!pair.loseAnswer) {
      pair.client.write(chunk);
      return;
    }
    this.lostCount += 1;
    this.reset(pair);
  }

  private reset(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  }
}
