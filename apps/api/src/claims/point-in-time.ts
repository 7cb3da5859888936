import { Problem } from '../http/problem.js';

/** ISO 8601: a day, or a time of one, to the nanosecond at most; without an offset it is UTC. */
const POINT = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** @returns a text that PostgreSQL reads as the same time, its fraction kept @throws Problem 400 naming the parameter */
export function pointInTime(parameter: string, text: string): string {
  const [, year, month, day, time = '00:00', seconds = ':00', offset = 'Z'] = POINT.exec(text) ?? [];
  if (day !== undefined && isDay(Number(year), Number(month), Number(day))) {
    const point = `${year}-${month}-${day}T${time}${seconds.replace(',', '.')}${withMinutes(offset)}`;
    // the fraction apart, which Date cuts: it knows whether hour, minute, second and offset exist
    if (!Number.isNaN(Date.parse(point.replace(/\.\d+/, '')))) return point;
  }
  const message = 'must be a time in ISO 8601, for example 2025-03-11T14:35:00Z (a + of an offset as %2B)';
  throw new Problem(400, 'A parameter is not valid; errors[] names it.', [{ path: parameter, message }]);
}

/** Date.parse takes 30 February for 2 March. PostgreSQL knows no year 0. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function withMinutes(offset: string): string {
  if (offset === 'Z') return offset;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
