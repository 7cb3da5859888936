import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyStandardWebhooks } from '@claimwire/signing';
import type { Check } from '@claimwire/signing';

/** How the receiver answers one request. */
export interface ScriptedAnswer {
  /** Default 204. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Before anything is answered. */
  delayMs?: number;
  /** Nothing is answered before this has happened. */
  after?: Promise<void>;
  /** true: the connection is reset instead of answered. */
  reset?: boolean;
}

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** How many requests were in flight when this one had arrived, itself included. */
  inFlight: number;
}

/** Decides the answer to a request; by default 204. */
export type Script = (request: ReceivedRequest, number: number) => ScriptedAnswer | undefined;

/** An HTTP server that stands for a practice-management system: records, counts, answers as told. */
export class WebhookReceiver {
  readonly requests: ReceivedRequest[] = [];
  /** Most requests that were in flight at once. */
  mostInFlight = 0;
  private inFlight = 0;
  private readonly seen = new Map<string, number>();
  private script: Script = () => undefined;
  private readonly server = createServer((request, response) => void this.receive(request, response));

  /** @param port 0 = any free one */
  static async start(port = 0, host = '127.0.0.1'): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve, reject) => {
      receiver.server.once('error', reject).listen(port, host, resolve);
    });
    return receiver;
  }

  /** Without a path. */
  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  /** @param script gets each request and its number among those of the same `webhook-id`: 1, 2, … */
  answer(script: Script): void {
    this.script = script;
  }

  /** Bodies as JSON, in order of arrival. */
  events<T = Record<string, unknown>>(path?: string): T[] {
    return this.requests.filter((request) => !path || request.path === path).map(({ body }) => JSON.parse(body) as T);
  }

  /** Whether a request's Standard Webhooks signature holds, now. */
  verify({ headers, body }: ReceivedRequest, secret: string): Check {
    return verifyStandardWebhooks({ body: Buffer.from(body), headers, secrets: [{ value: secret }], now: new Date() });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    response.once('close', () => (this.inFlight -= 1));
    const inFlight = this.inFlight;
    const body = await readBody(request);
    if (body === null) return;
    const received = describe(request, body, inFlight);
    const id = received.headers['webhook-id'] ?? '';
    this.requests.push(received);
    const number = (this.seen.get(id) ?? 0) + 1;
    this.seen.set(id, number);
    await respond(response, this.script(received, number) ?? {});
  }
}

/** null where the sender went away before the end. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function describe(
  { method = '', url = '', headers }: IncomingMessage,
  body: string,
  inFlight: number,
): ReceivedRequest {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { method, path: url, headers: Object.fromEntries(texts), body, at: Date.now(), inFlight };
}

async function respond(response: ServerResponse, answer: ScriptedAnswer): Promise<void> {
  if (answer.delayMs) await sleep(answer.delayMs);
  await answer.after;
  if (answer.reset) return void response.socket?.resetAndDestroy();
  response.writeHead(answer.status ?? 204, answer.headers).end(answer.body);
}
