const SAFE_NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** A version and a transaction set have fewer; a date of birth, a telephone number, a member's number have not. */
const MANY_DIGITS = /^(?:\D*\d){7}/;

/**
 * `ce_type` of a raw event: "<provider>.<event>". It stands in headers, lists and logs: a name that could not stand in a
 * header, or may be somebody's number in the wrong place, becomes "unknown".
 */
export function eventTypeOf(provider: string, event: unknown): string {
  return `${provider}.${typeof event === 'string' && isName(event) ? event : 'unknown'}`;
}

const isName = (text: string): boolean => SAFE_NAME.test(text) && !MANY_DIGITS.test(text);
