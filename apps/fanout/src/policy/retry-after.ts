/** A server may ask for at most one hour. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** The three forms of RFC 9110, 5.6.7, and ISO 8601. Date.parse alone takes "-5" and "in 5" for a day of 2001: no wait at all. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T/;

const parseDate = (text: string): number =>
  HTTP_DATE.test(text) || ISO_DATE.test(text) ? Date.parse(text) : Number.NaN;

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3): whole seconds or an HTTP date.
 * @returns milliseconds from `now`, above 0 and at most one hour; null where it asks for no wait (0, or a date that is past by our
 *   clock: the delay of the policy remains, else nothing would be between the tries), is missing or unreadable
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim();
  if (!text) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDate(text) - now;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : null;
}
