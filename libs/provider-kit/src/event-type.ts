const SAFE_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** `ce_type` of a raw event: "<provider>.<event>"; a name that could not stand in a header becomes "unknown". */
export function eventTypeOf(provider: string, event: unknown): string {
  return `${provider}.${typeof event === 'string' && SAFE_NAME.test(event) ? event : 'unknown'}`;
}
