import type { Timestamp } from '@claimwire/contracts';

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6}))?Z$/;
const SECONDS_LENGTH = '2025-03-11T14:35:00'.length;

/**
 * A time as fixed-width text in microseconds, "2025-03-11T14:35:00.000000Z": such texts compare as the times do, which
 * costs no parsing and loses no digit.
 * @throws RangeError when the text is not ISO 8601 in UTC with at most 6 fraction digits: its provider module has a bug
 */
export function instantKey(time: Timestamp): string {
  const match = ISO_UTC.exec(time);
  if (!match) throw new RangeError('a time must be ISO 8601 in UTC with at most 6 fraction digits');
  const fraction = match[1] ?? '';
  if (fraction.length === 6) return time;
  return `${time.slice(0, SECONDS_LENGTH)}.${fraction.padEnd(6, '0')}Z`;
}

/** Negative, 0 or positive as `a` is before, at or after `b`. */
export function compareInstants(a: Timestamp, b: Timestamp): number {
  if (a === b) return 0;
  // texts of one length have equally many digits and compare as they stand
  const [left, right] = a.length === b.length ? [a, b] : [instantKey(a), instantKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
