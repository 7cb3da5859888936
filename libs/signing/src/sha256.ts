import { hash } from 'node:crypto';

/**
 * SHA-256 by way of a string with a character per byte: a Buffer that OpenSSL fills has memory of its own, and costs as much
 * again as the hash of a webhook; one made of a string is a piece of Node's pool.
 * "binary" is the name by which the types know "latin1".
 */
export function sha256(data: string | Buffer): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1');
}
