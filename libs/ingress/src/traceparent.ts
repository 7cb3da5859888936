import { randomFillSync } from 'node:crypto';

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The sender's W3C trace context where it is valid, else a new sampled one: a claim can be followed from here on. */
export function traceparentOf(incoming: string | string[] | undefined): string {
  if (typeof incoming === 'string' && VALID.test(incoming)) return incoming;
  const random = nextRandom();
  return `00-${random.slice(0, 32)}-${random.slice(32)}-01`;
}

const ID_BYTES = 24;
/** One call of the system's source of randomness for many requests: per request it showed in profiles. */
const pool = Buffer.alloc(ID_BYTES * 128);
let used = pool.length;

function nextRandom(): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, used + ID_BYTES);
  used += ID_BYTES;
  return random;
}
