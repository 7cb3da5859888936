import { scanJson } from '@claimwire/provider-kit';

export interface JsonLimits {
  /** Of objects and arrays in each other. */
  maxDepth: number;
  /** Members of all objects and elements of all arrays, roughly: what a parser makes things of. */
  maxValues: number;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, OPEN, CLOSE] = [0x5b, 0x7b, 0x7d];
/** Makes an object's bracket of a list's. */
const EITHER = 0x20;

/**
 * Looks at bytes that may be JSON, before anybody parses them: a small body can cost a parser, and everything that walks
 * its result, far more than its size says. Says nothing about whether it is JSON. Of nearly every body the scan, which is bounded
 * by itself and which its provider's reader wants as well, has counted both.
 */
export function exceededLimit(
  body: Buffer,
  { maxDepth, maxValues }: JsonLimits,
): 'too_deep' | 'too_many_values' | null {
  const scan = scanJson(body);
  if (scan && scan.depth <= maxDepth && scan.values <= maxValues) return null;
  return firstExceeded(body, { maxDepth, maxValues });
}

/** One plain loop. */
function firstExceeded(body: Buffer, { maxDepth, maxValues }: JsonLimits): 'too_deep' | 'too_many_values' | null {
  const { length } = body;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < length; at++) {
    let byte = body[at]!;
    if (byte === QUOTE) {
      while (++at < length && (byte = body[at]!) !== QUOTE) if (byte === BACKSLASH) at += 1;
    } else if (byte === COMMA) {
      if (++values > maxValues) return 'too_many_values';
    } else if (byte >= OPEN_ARRAY) {
      byte |= EITHER;
      if (byte === CLOSE) depth -= 1;
      else if (byte === OPEN) {
        if (++depth > maxDepth) return 'too_deep';
        if (++values > maxValues) return 'too_many_values';
      }
    }
  }
  return null;
}
