/** A server may ask for at most one hour. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): whole seconds or an HTTP date.
 * @returns milliseconds from `now`, at least 0 and at most one hour; null where the header is missing or unreadable
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim();
  if (!text) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
