import type { IncomingMessage } from 'node:http';
import type { InFlightShare } from './in-flight-budget.js';

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
    const chunks: Buffer[] = [];
    let length = 0;
    let settled = false;
    // The listeners stay: taking four of them off costs more than a look at `settled`, and an error must have a listener.
    const finish = (reading: BodyReading): void => {
      if (settled) return;
      settled = true;
      resolve(reading);
    };
    const drop = (reading: BodyReading): void => {
      finish(reading);
      chunks.length = 0;
    };
    const onData = (chunk: Buffer): void => {
      if (settled) return;
      length += chunk.length;
      // By what arrived, not by what Content-Length promises: a promise is free for whoever wants to keep others out.
      if (length > limit) return drop({ kind: 'too_large' });
      if (!share.grow(chunk.length)) return drop({ kind: 'no_room' });
      chunks.push(chunk);
    };
    const onEnd = (): void =>
      finish({ kind: 'complete', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onLost = (): void => finish({ kind: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}
