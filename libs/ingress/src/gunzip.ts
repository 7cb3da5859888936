import { createGunzip } from 'node:zlib';
import type { InFlightShare } from './in-flight-budget.js';
import type { BodyReading } from './read-body.js';

/**
 * Unpacks at most `limit` bytes, piece by piece: what a small body promises to become is refused as soon as it grows past
 * the limit, and never held in memory. Several gzip members in a row are one body (RFC 1952).
 */
export async function gunzip(packed: Buffer, limit: number, share: Pick<InFlightShare, 'grow'>): Promise<BodyReading> {
  const unpacker = createGunzip();
  const chunks: Buffer[] = [];
  let length = 0;
  unpacker.end(packed);
  try {
    // Leaving the loop early destroys the stream.
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) return { kind: 'too_large' };
      if (!share.grow(chunk.length)) return { kind: 'no_room' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'not_gzip' };
  }
  return { kind: 'complete', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length) };
}
