import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacKey } from './hmac-key.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'binary', maxLength: 40 });
const byNode = (secret: Buffer, before: string, body: Buffer | string): string =>
  createHmac('sha256', secret).update(before).update(body).digest('hex');

describe('an HMAC key', () => {
  it('gives the digests of Node, whatever the lengths of key and message', () => {
    fc.assert(
      fc.property(bytes(200), text, fc.oneof(bytes(300), text), (secret, before, body) => {
        expect(new HmacKey(secret).digest(before, body).toString('hex')).toBe(byNode(secret, before, body));
      }),
    );
  });

  it('gives them for long bodies, and again after them', () => {
    const secret = Buffer.from('a secret of a sender');
    const key = new HmacKey(secret);
    for (const length of [16_383, 16_384, 16_385, 1_000_000, 0, 64]) {
      const body = Buffer.alloc(length, 'x');
      expect(key.digest('', body).toString('hex')).toBe(byNode(secret, '', body));
    }
  });
});
