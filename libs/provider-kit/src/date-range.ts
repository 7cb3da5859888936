import type { DateRange } from '@claimwire/contracts';
import { isObject } from './json.js';
import { addDays, readDate } from './timestamp.js';

/** Both days inclusive; without an end, or with one before the start, the range is the first day. */
export function createDateRange(start: string | null, end: string | null): DateRange | null {
  if (start === null) return null;
  return { start, end: end !== null && end > start ? end : start };
}

/** A range `{bounds:"[]"|"[)"|"(]"|"()",start,end}` as PostgreSQL writes them, as inclusive days; else null. */
export function readDateRange(value: unknown): DateRange | null {
  if (!isObject(value)) return null;
  const bounds = typeof value.bounds === 'string' ? value.bounds : '[]';
  const start = readDate(value.start);
  const end = readDate(value.end);
  return createDateRange(
    start !== null && bounds.startsWith('(') ? addDays(start, 1) : start,
    end !== null && bounds.endsWith(')') ? addDays(end, -1) : end,
  );
}
