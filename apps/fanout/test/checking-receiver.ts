import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimEvent } from '@claimwire/contracts';

/** What a path's webhook promises, and how the receiver behaves there. */
export interface Expectation {
  concurrency: number;
  ordering: 'per_claim' | 'latest_only' | 'unordered';
  /** Tries after which a delivery that always failed is given up. */
  tries: number;
  /** null = the connection is reset. */
  answer(event: ClaimEvent, attempt: number): number | null | Promise<number>;
}

interface Seen {
  attempts: number;
  accepted: boolean;
}

/** A request that is being answered. */
interface Open {
  /** The sender hung up: it counts it as ended, however late we hear of that. */
  abandoned: boolean;
}

/** Until then every hang-up that was under way when a request came has been heard of. */
const HEARD_MS = 500;

/** A receiver that knows at each request what it may be: writes down every promise that is broken. */
export class CheckingReceiver {
  readonly faults: string[] = [];
  private readonly seen = new Map<string, Map<string, Seen>>();
  private readonly newest = new Map<string, number>();
  private readonly inFlight = new Map<string, Set<Open>>();
  private readonly server = createServer((request, response) => {
    // A request that breaks off in the middle was never there.
    this.receive(request, response).catch(() => response.destroy());
  });

  private constructor(private readonly paths: Readonly<Record<string, Expectation>>) {}

  static async start(paths: Readonly<Record<string, Expectation>>): Promise<CheckingReceiver> {
    const receiver = new CheckingReceiver(paths);
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ids of the events that arrived at a path. */
  ids(path: string): Set<string> {
    return new Set(this.seen.get(path)?.keys());
  }

  /** Requests at a path beyond the first of each event that was accepted. */
  repeats(path: string): number {
    return [...(this.seen.get(path)?.values() ?? [])].reduce((sum, { attempts }) => sum + attempts - 1, 0);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const promise = this.paths[path];
    if (!promise) return void this.faults.push(`a request to ${path}`);
    this.open(path, response, promise.concurrency);
    const body = await text(request);
    const event = JSON.parse(body) as ClaimEvent;
    if (request.headers['webhook-id'] !== event.id) this.faults.push(`${path}: webhook-id is not the event's id`);
    const seen = this.meet(path, event, promise);
    await sleep(event.version % 4);
    const status = await promise.answer(event, seen.attempts);
    if (status === null) return void response.socket?.resetAndDestroy();
    // Counted before it is sent: whoever hears of it may go on at once.
    seen.accepted ||= status < 300;
    response.writeHead(status).end();
  }

  private meet(path: string, event: ClaimEvent, { ordering, tries }: Expectation): Seen {
    const events = this.seen.get(path) ?? new Map<string, Seen>();
    this.seen.set(path, events);
    const seen = events.get(event.id) ?? { attempts: 0, accepted: false };
    events.set(event.id, seen);
    seen.attempts += 1;
    const claim = `${path} ${event.claimKey}`;
    const newest = this.newest.get(claim) ?? 0;
    this.newest.set(claim, Math.max(newest, event.version));
    if (ordering !== 'unordered' && event.version < newest) {
      this.faults.push(`${claim}: version ${event.version} after ${newest}`);
    }
    const before = events.get(event.id.replace(/\d+$/, String(event.version - 1)));
    const isSettled = event.version === 1 || before?.accepted || (before?.attempts ?? 0) >= tries;
    if (ordering === 'per_claim' && !isSettled) {
      this.faults.push(`${claim}: version ${event.version} before the one before was settled`);
    }
    return seen;
  }

  private open(path: string, response: ServerResponse, concurrency: number): void {
    const requests = this.inFlight.get(path) ?? new Set<Open>();
    this.inFlight.set(path, requests);
    const request: Open = { abandoned: false };
    requests.add(request);
    response.once('close', () => {
      requests.delete(request);
      request.abandoned = !response.writableFinished;
    });
    if (requests.size <= concurrency) return;
    const atOnce = [...requests];
    setTimeout(() => {
      const count = atOnce.filter(({ abandoned }) => !abandoned).length;
      if (count > concurrency) this.faults.push(`${path}: ${count} in flight`);
    }, HEARD_MS);
  }
}
