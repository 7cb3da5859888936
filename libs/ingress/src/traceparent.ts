import { randomBytes } from 'node:crypto';

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Where tracing is off: the sender's W3C trace context where it is valid, else a new one, so that a claim can be followed by
 * its id; not sampled, since nobody keeps a span of it.
 */
export function traceparentOf(incoming: string | string[] | undefined): string {
  if (typeof incoming === 'string' && VALID.test(incoming)) return incoming;
  const at = nextAt();
  return `00-${hex.slice(at, at + TRACE_DIGITS)}-${hex.slice(at + TRACE_DIGITS, at + DIGITS)}-00`;
}

const [TRACE_DIGITS, DIGITS] = [32, 48];
/** One call of the system's source of randomness for many requests: per request it showed in profiles. */
const POOLED = 512;
let hex = '';
let used = 0;

function nextAt(): number {
  if (used === hex.length) {
    hex = randomBytes((POOLED * DIGITS) / 2).toString('hex');
    used = 0;
  }
  used += DIGITS;
  return used - DIGITS;
}
