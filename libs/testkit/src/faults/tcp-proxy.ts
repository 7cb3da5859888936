import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
  /** Per direction: what is on its way, in order. */
  toServer: Promise<void>;
  toClient: Promise<void>;
  /** What the server says next is thrown away, and both connections with it. */
  loseAnswer: boolean;
  forgotten: boolean;
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
  private delayMs = 0;
  /** Of all chunks that are being held back. */
  private readonly held = new Set<() => void>();
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
    for (const { client, server, forgotten } of this.pairs) {
      if (!forgotten) [client, server].forEach((socket) => socket.resume());
    }
  }

  /** What is open now falls silent for good, as if a firewall had forgotten it; new connections pass. */
  forget(): void {
    for (const pair of this.pairs) {
      [pair.client, pair.server].forEach((socket) => socket.pause());
      pair.forgotten = true;
    }
  }

  /** From now on everything takes so long each way; 0 = at once, also what is being held back. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
    if (delayMs === 0) for (const release of this.held) release();
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
    this.slow(0);
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
    const pair: Pair = {
      client,
      server,
      loseAnswer: false,
      forgotten: false,
      toServer: Promise.resolve(),
      toClient: Promise.resolve(),
    };
    this.pairs.add(pair);
    client.on('data', (chunk: Buffer) => this.later(pair, 'toServer', () => this.toServer(pair, chunk)));
    server.on('data', (chunk: Buffer) => this.later(pair, 'toClient', () => this.toClient(pair, chunk)));
    client.on('end', () => this.later(pair, 'toServer', () => void server.end()));
    server.on('end', () => this.later(pair, 'toClient', () => void client.end()));
    for (const socket of [client, server]) {
      socket.on('error', () => this.reset(pair));
      socket.on('close', () => this.reset(pair));
      if (this.isPaused) socket.pause();
    }
  }

  /** After the delay, and after everything before it. */
  private later(pair: Pair, direction: 'toServer' | 'toClient', pass: () => void): void {
    const arrived = this.delay();
    pair[direction] = pair[direction].then(() => arrived).then(() => (this.pairs.has(pair) ? pass() : undefined));
  }

  private delay(): Promise<void> | undefined {
    if (this.delayMs === 0) return undefined;
    return new Promise((resolve) => {
      const release = (): void => {
        clearTimeout(timer);
        this.held.delete(release);
        resolve();
      };
      const timer = setTimeout(release, this.delayMs);
      this.held.add(release);
    });
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
