const SAFE_NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** A version and a transaction set have fewer; a date of birth, a telephone number, a member's number have not. */
const MANY_DIGITS = 7;
const [ZERO, NINE] = [0x30, 0x39];

/**
 * `ce_type` of a raw event: "<provider>.<event>". It stands in headers, lists and logs: a name that could not stand in a
 * header, or may be somebody's number in the wrong place, becomes "unknown".
 */
export function eventTypeOf(provider: string, event: unknown): string {
  return `${provider}.${typeof event === 'string' && isName(event) ? event : 'unknown'}`;
}

function isName(text: string): boolean {
  if (!SAFE_NAME.test(text)) return false;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits += 1;
  }
  return digits < MANY_DIGITS;
}
