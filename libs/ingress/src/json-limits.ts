export interface JsonLimits {
  /** Of objects and arrays in each other. */
  maxDepth: number;
  /** Members of all objects and elements of all arrays, roughly: what a parser makes things of. */
  maxValues: number;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Looks at bytes that may be JSON, before anybody parses them: a small body can cost a parser, and everything that walks
 * its result, far more than its size says. Says nothing about whether it is JSON.
 */
export function exceededLimit(body: Buffer, limits: JsonLimits): 'too_deep' | 'too_many_values' | null {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      values += 1;
      if (depth > limits.maxDepth) return 'too_deep';
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (values > limits.maxValues) return 'too_many_values';
  }
  return null;
}

/** @returns where its closing quote is, or the end of the body */
function endOfString(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    if (body[at] === BACKSLASH) at += 1;
    else if (body[at] === QUOTE) return at;
  }
  return body.length;
}
