import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Says everything again that it is told, in every part of its answer: the worst receiver, token endpoint and report server. */
export class EchoServer {
  /** Requests by the first part of their path. */
  readonly seen = new Map<string, number>();
  /** What was sent to it, for whoever has to know that it did get the canary. */
  heard = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<EchoServer> {
    const server = createServer();
    const echo = new EchoServer(server);
    server.on('request', (request, response) => void echo.answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return echo;
  }

  /** @param how an HTTP status, or "garbage" for what is no HTTP */
  url(how: number | 'garbage', rest: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${how}/${rest}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { url = '', headers } = request;
    const [, how = ''] = url.split('/');
    const echo = `${url} ${JSON.stringify(headers)} ${body}`;
    this.heard += echo;
    this.seen.set(how, (this.seen.get(how) ?? 0) + 1);
    const inHeader = encodeURIComponent(echo).slice(0, 4_000);
    if (how === 'garbage') return void response.socket?.end(`${inHeader}\r\n\r\n`);
    response.writeHead(Number(how), {
      'x-echo': inHeader,
      location: `http://127.0.0.1:1/${inHeader}`,
      'www-authenticate': inHeader,
    });
    response.end(echo);
  }
}
