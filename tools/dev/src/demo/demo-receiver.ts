import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClaimEvent } from '@claimwire/contracts';
import { Webhook } from 'standardwebhooks';

/** One delivery as the demo's practice-management system saw it. */
export interface ReceivedDelivery {
  event: ClaimEvent;
  /** Checked with the public `standardwebhooks` library, as a receiver in the field would. */
  verified: boolean;
  receivedAt: Date;
}

/** Stands for a practice-management system: verifies each delivery's signature and remembers what it saw. */
export class DemoReceiver {
  private server: Server | undefined;
  private secret: string | undefined;
  private readonly listeners = new Set<(delivery: ReceivedDelivery) => void>();

  /** @param preferredPort the port of an earlier start, so that a stored webhook keeps its address; 0 = any */
  async start(preferredPort: number): Promise<string> {
    const server = createServer((request, response) => {
      void this.receive(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(400).end(),
      );
    });
    await listen(server, preferredPort).catch(() => listen(server, 0));
    this.server = server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/claims`;
  }

  /** Deliveries before the secret is known count as unverified. */
  trust(secret: string): void {
    this.secret = secret;
  }

  onDelivery(listener: (delivery: ReceivedDelivery) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  private async receive(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const verified = this.verify(body, request);
    // A user's own webhook may point here as well: it is signed with another secret, and is not part of the story.
    if (request.url !== '/claims') return 204;
    const delivery = { event: JSON.parse(body) as ClaimEvent, verified, receivedAt: new Date() };
    for (const listener of this.listeners) listener(delivery);
    return 204;
  }

  private verify(body: string, request: IncomingMessage): boolean {
    if (!this.secret) return false;
    try {
      new Webhook(this.secret).verify(body, request.headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
