import pg from 'pg';
import { sayGoodbye } from './say-goodbye.js';

export interface Listening {
  /** True while the connection stands: what is notified meanwhile arrives. */
  isConnected(): boolean;
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
/** Of a server that takes the connection and then says nothing. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * LISTEN on a connection of its own (a pooler in transaction mode would lose it), re-established with backoff.
 * @param handler called with each payload, and with "" after every (re)connection: notifications sent while it was down
 * are lost, so that the reader must look for itself then
 */
export function listen(url: string, channel: string, handler: (payload: string) => void): Listening {
  return new Listener(url, channel, handler).start();
}

class Listener implements Listening {
  private client: pg.Client | null = null;
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly handler: (payload: string) => void,
  ) {}

  start(): this {
    void this.connect();
    return this;
  }

  isConnected(): boolean {
    return this.client !== null;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = null;
    await sayGoodbye(client?.end());
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
    });
    let lost = false;
    const onLost = () => {
      if (lost) return;
      lost = true;
      this.reconnect(client);
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ payload }) => this.handler(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(this.channel)}`);
    } catch {
      onLost();
      return;
    }
    if (this.stopped) return void (await client.end());
    this.client = client;
    this.retryMs = FIRST_RETRY_MS;
    this.handler('');
  }

  private reconnect(lost: pg.Client): void {
    if (this.client === lost) this.client = null;
    if (this.stopped) return;
    void lost.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}
