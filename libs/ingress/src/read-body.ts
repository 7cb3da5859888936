import type { IncomingMessage } from 'node:http';

export type BodyReading = { kind: 'complete'; body: Buffer } | { kind: 'too_large' } | { kind: 'aborted' };

/**
 * Reads at most `limit` bytes. A longer body is refused by its Content-Length before a byte is kept, or as soon as it
 * grows past the limit; the rest is dropped as it arrives (bounded by the server's request timeout), because closing at
 * once would reset the connection before the sender has read the answer.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<BodyReading> {
  if (Number(request.headers['content-length']) > limit) {
    request.resume();
    return Promise.resolve({ kind: 'too_large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (reading: BodyReading): void => {
      request.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost);
      resolve(reading);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limit) {
        finish({ kind: 'too_large' });
        // Also an error after this point must have a listener.
        request.on('error', () => undefined).resume();
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void =>
      finish({ kind: 'complete', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onLost = (): void => finish({ kind: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}
