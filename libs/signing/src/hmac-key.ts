import { createHmac, hash } from 'node:crypto';
import { sha256 } from './sha256.js';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const [INNER_PAD, OUTER_PAD] = [0x36, 0x5c];
/** Above it a copy of the message would cost more than Node's own Hmac object, which is what is saved here. */
const MAX_COPIED_BYTES = 16 * 1024;

/** Where each message is put behind its padded key: the same memory each time is in the processor's cache. */
const scratch = Buffer.allocUnsafeSlow(BLOCK_BYTES + MAX_COPIED_BYTES);

/**
 * A key of HMAC-SHA256 (RFC 2104), made ready once: each digest is then two plain hashes. Node's Hmac object takes three times
 * as long to set up as to hash a webhook, because OpenSSL looks the algorithm up each time.
 */
export class HmacKey {
  private readonly inner: Buffer;
  /** The padded key, and behind it room for the inner digest. */
  private readonly outer: Buffer;

  constructor(private readonly secret: Buffer) {
    const key = Buffer.alloc(BLOCK_BYTES);
    (secret.length > BLOCK_BYTES ? sha256(secret) : secret).copy(key);
    this.inner = Buffer.from(key.map((byte) => byte ^ INNER_PAD));
    this.outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
    key.map((byte) => byte ^ OUTER_PAD).forEach((byte, at) => (this.outer[at] = byte));
  }

  /** @returns 32 bytes over the text, as UTF-8, and the body behind it */
  digest(text: string, body: Buffer | string): Buffer {
    const textBytes = Buffer.byteLength(text);
    const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    if (textBytes + bodyBytes > MAX_COPIED_BYTES) {
      return createHmac('sha256', this.secret).update(text).update(body).digest();
    }
    this.inner.copy(scratch);
    if (textBytes > 0) scratch.write(text, BLOCK_BYTES);
    if (typeof body === 'string') scratch.write(body, BLOCK_BYTES + textBytes);
    else body.copy(scratch, BLOCK_BYTES + textBytes);
    const message = scratch.subarray(0, BLOCK_BYTES + textBytes + bodyBytes);
    this.outer.write(hash('sha256', message, 'binary'), BLOCK_BYTES, 'latin1');
    return sha256(this.outer);
  }
}
