import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from './paced.js';

const LONGEST_MS = 120_000;

/** The receiver at the end of both ways: notes when each event came first. */
export class Arrivals {
  private readonly at = new Map<string, number>();
  private readonly server: Server;
  repeated = 0;

  /** @param idOf the event's name, from a request's body */
  private constructor(private readonly idOf: (body: string) => string) {
    this.server = createServer((request, response) => {
      const arrivedAt = now();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(204).end();
        this.note(this.idOf(Buffer.concat(chunks).toString()), arrivedAt);
      });
    });
  }

  static async listen(idOf: (body: string) => string): Promise<Arrivals> {
    const arrivals = new Arrivals(idOf);
    arrivals.server.listen(0, '127.0.0.1');
    await once(arrivals.server, 'listening');
    return arrivals;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @throws Error when they have not all come within two minutes */
  async allOf(ids: Iterable<string>): Promise<Map<string, number>> {
    const until = Date.now() + LONGEST_MS;
    const missing = new Set(ids);
    for (;;) {
      for (const id of missing) if (this.at.has(id)) missing.delete(id);
      if (missing.size === 0) return this.at;
      if (Date.now() > until) throw new Error(`${missing.size} events did not arrive`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private note(id: string, arrivedAt: number): void {
    if (this.at.has(id)) this.repeated += 1;
    else this.at.set(id, arrivedAt);
  }
}
