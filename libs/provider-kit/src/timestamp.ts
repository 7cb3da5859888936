import type { Timestamp } from '@claimwire/contracts';

const FORMAT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MICROSECOND_DIGITS = 6;

/** Six digits, or three where the rest is zero. Digits beyond microseconds are cut. */
function formatFraction(digits: string): string {
  const micros = digits.padEnd(MICROSECOND_DIGITS, '0').slice(0, MICROSECOND_DIGITS);
  return digits.length <= 3 ? micros.slice(0, 3) : micros;
}

/**
 * Reads a date and time and gives it in UTC with 3 or, where more were sent, 6 fraction digits. Without an offset it is
 * UTC (PROVIDERS.md, TPA Stream). A date alone is not a time: it would order a whole day's events arbitrarily.
 * @returns null when it is not a real date and time of the years 1 to 9999
 */
export function readTimestamp(value: unknown): Timestamp | null {
  const match = typeof value === 'string' ? FORMAT.exec(value.trim()) : null;
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '', , sign, offsetHour = '0', offsetMinute = '0'] =
    match;
  const local = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A Date accepts 30 February and 24:00 by rolling over: what comes out must be what went in.
  if (
    Number.isNaN(local.getTime()) ||
    local.toISOString().slice(0, 19) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`
  ) {
    return null;
  }
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS;
  const utc = new Date(local.getTime() - offset);
  const seconds = utc.toISOString().slice(0, 19);
  if (utc.getUTCFullYear() < 1 || seconds.length !== 19 || !/^\d{4}-/.test(seconds)) return null;
  return `${seconds}.${formatFraction(fraction)}Z`;
}

/** Microseconds since 1970 of a timestamp made by `readTimestamp`: a whole number that a double holds exactly. */
export function toMicroseconds(timestamp: Timestamp): number {
  const [seconds = '', fraction = ''] = timestamp.slice(0, -1).split('.');
  return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(MICROSECOND_DIGITS, '0'));
}

/** An event time over 24 h after its receipt is a broken clock: it would stay last in order for ever (DESIGN). */
export function isTooFarInFuture(occurredAt: Timestamp, receivedAt: Timestamp): boolean {
  return Date.parse(occurredAt) - Date.parse(receivedAt) > DAY_MS;
}

const CALENDAR_DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/;

/** A calendar day as YYYY-MM-DD, from YYYY-MM-DD, YYYYMMDD or the date part of a date and time; else null. */
export function readDate(value: unknown): string | null {
  const match = typeof value === 'string' ? CALENDAR_DATE.exec(value.trim()) : null;
  if (!match) return null;
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day) ? day : null;
}

/** The calendar day `days` after `day` (YYYY-MM-DD). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
