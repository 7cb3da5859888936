import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './sha256.js';

/** Compares in time that depends neither on where the values differ nor on how long the secret one is. */
export function constantTimeEqual(a: string | Buffer, b: string | Buffer): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

/** The same for a digest, whose length is no secret: it needs no hash around it. */
export function constantTimeEqualDigest(expected: Buffer, presented: Buffer): boolean {
  return expected.length === presented.length && timingSafeEqual(expected, presented);
}
