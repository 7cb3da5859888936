import type { IncomingMessage } from 'node:http';
import { EndOfTurn } from './end-of-turn.js';
import type { InFlightShare } from './in-flight-budget.js';
import { type BodyTaker, WebhookRequest } from './webhook-request.js';

export type BodyReading =
  | { kind: 'complete'; body: Buffer }
  | { kind: 'too_large' }
  /** Other requests hold all the memory that there is for bodies. */
  | { kind: 'no_room' }
  | { kind: 'aborted' }
  /** Said to be gzip, and is not, or only in part. */
  | { kind: 'not_gzip' };

/**
 * Reads at most `limit` bytes. A longer body is refused by its Content-Length before a byte is kept, or as soon as it
 * grows past the limit; the rest is dropped as it arrives (bounded by the server's request timeout), because closing at
 * once would reset the connection before the sender has read the answer.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  share: Pick<InFlightShare, 'grow'>,
): Promise<BodyReading> {
  if (Number(request.headers['content-length']) > limit) {
    request.resume();
    return Promise.resolve({ kind: 'too_large' });
  }
  return new Promise((resolve) => {
    const collector = new BodyCollector(limit, share, resolve);
    if (request instanceof WebhookRequest && request.takeBody(collector)) return;
    // The listeners stay: taking four of them off costs more than a look at what is settled, and an error must have a listener.
    const onLost = (): void => collector.lost();
    request
      .on('data', (chunk: Buffer) => collector.chunk(chunk))
      .on('end', () => collector.end())
      .on('error', onLost)
      .on('close', onLost);
  });
}

interface Read {
  settle: (reading: BodyReading) => void;
  reading: BodyReading;
}

const readings = new EndOfTurn<Read>(({ settle, reading }) => settle(reading));

class BodyCollector implements BodyTaker {
  private chunks: Buffer[] = [];
  private length = 0;
  private settled = false;

  constructor(
    private readonly limit: number,
    private readonly share: Pick<InFlightShare, 'grow'>,
    private readonly settle: (reading: BodyReading) => void,
  ) {}

  chunk(bytes: Buffer): void {
    if (this.settled) return;
    this.length += bytes.length;
    // By what arrived, not by what Content-Length promises: a promise is free for whoever wants to keep others out.
    if (this.length > this.limit) this.finish({ kind: 'too_large' });
    else if (this.share.grow(bytes.length)) this.chunks.push(bytes);
    else this.finish({ kind: 'no_room' });
  }

  end(): void {
    const { chunks } = this;
    this.finish({ kind: 'complete', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
  }

  lost(): void {
    this.finish({ kind: 'aborted' });
  }

  private finish(reading: BodyReading): void {
    if (this.settled) return;
    this.settled = true;
    this.chunks = [];
    readings.add({ settle: this.settle, reading });
  }
}
