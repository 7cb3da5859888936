const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** RFC 9110 5.5: visible ASCII, inner spaces and tabs. A line break would start another header. */
const VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/;
/** Of one connection, or what the client sets itself. */
const RESERVED = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
]);
/** What Claimwire says about the delivery. */
const OWN_PREFIXES = ['webhook-', 'ce-', 'claimwire-'];

/** Why a webhook may not send this header; null = it may. The message never holds the value. */
export function headerProblem(name: unknown, value: unknown): string | null {
  if (typeof name !== 'string' || !TOKEN.test(name)) return 'is not an HTTP header name';
  const lower = name.toLowerCase();
  if (RESERVED.has(lower)) return 'is set by the HTTP client';
  if (OWN_PREFIXES.some((prefix) => lower.startsWith(prefix))) return 'is set by Claimwire';
  if (typeof value !== 'string' || value.length > 4_096 || !VALUE.test(value)) return 'has no valid header value';
  return null;
}
