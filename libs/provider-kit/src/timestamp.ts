import type { Timestamp } from '@claimwire/contracts';

const FORMAT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MICROSECOND_DIGITS = 6;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Six digits, or three where the rest is zero. Digits beyond microseconds are cut. */
function formatFraction(digits: string): string {
  const micros = digits.padEnd(MICROSECOND_DIGITS, '0').slice(0, MICROSECOND_DIGITS);
  return digits.length <= 3 ? micros.slice(0, 3) : micros;
}

/**
 * Reads a date and time and gives it in UTC with 3 or, where more were sent, 6 fraction digits. Without an offset it is
 * UTC (README of libs/providers/tpastream). A date alone is not a time: it would order a whole day's events arbitrarily.
 * @returns null when it is not a real date and time of the years 1 to 9999
 */
export function readTimestamp(value: unknown): Timestamp | null {
  if (typeof value === 'string' && isReadAlready(value)) return value;
  const match = typeof value === 'string' ? FORMAT.exec(value.trim()) : null;
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '', , sign, offsetHour = '0', offsetMinute = '0'] =
    match;
  if (!isRealDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const offsetMinutes = Number(offsetHour) * 60 + Number(offsetMinute);
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const utc = offsetMinutes === 0 ? local : shift(local, sign === '-' ? offsetMinutes : -offsetMinutes);
  return utc === null ? null : `${utc}.${formatFraction(fraction)}Z`;
}

const TO_MILLISECONDS = '0000-00-00T00:00:00.000Z';
const TO_MICROSECONDS = '0000-00-00T00:00:00.000000Z';
const [ZERO, NINE] = [0x30, 0x39];

/** Whether it has the very form that is given back, which most senders use: the expression and its parts cost ten times as much. */
function isReadAlready(text: string): boolean {
  const plain = text.length === TO_MILLISECONDS.length ? TO_MILLISECONDS : TO_MICROSECONDS;
  if (text.length !== plain.length) return false;
  for (let at = 0; at < plain.length; at++) {
    const code = text.charCodeAt(at);
    const form = plain.charCodeAt(at);
    if (form === ZERO ? code < ZERO || code > NINE : code !== form) return false;
  }
  const number = (at: number): number => 10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;
  const isRealTime = number(11) <= 23 && number(14) <= 59 && number(17) <= 59;
  return isRealTime && isRealDay(100 * number(0) + number(2), number(5), number(8));
}

/** Arithmetic instead of a Date: that one accepts 30 February by rolling over, and costs more on the hot path. */
function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0));
}

/** A date and time to the second, so many minutes later; null beyond the years 1 to 9999. */
function shift(local: string, minutes: number): string | null {
  const seconds = new Date(Date.parse(`${local}Z`) + minutes * MINUTE_MS).toISOString().slice(0, 19);
  return /^\d{4}-/.test(seconds) && !seconds.startsWith('0000') ? seconds : null;
}

/** A timestamp made by `readTimestamp` as [seconds since 1970, microseconds]: exact for every year, unlike one number. */
export function toSecondsAndMicroseconds(timestamp: Timestamp): [seconds: number, microseconds: number] {
  const [seconds = '', fraction = ''] = timestamp.slice(0, -1).split('.');
  return [Date.parse(`${seconds}Z`) / 1000, Number(fraction.padEnd(MICROSECOND_DIGITS, '0'))];
}

/** An event time over 24 h after its receipt is a broken clock: it would stay last in order for ever. */
export function isTooFarInFuture(occurredAt: Timestamp, receivedAt: Timestamp): boolean {
  return Date.parse(occurredAt) - Date.parse(receivedAt) > DAY_MS;
}

const CALENDAR_DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/;

/** A calendar day as YYYY-MM-DD, from YYYY-MM-DD, YYYYMMDD or the date part of a date and time; else null. */
export function readDate(value: unknown): string | null {
  const match = typeof value === 'string' ? CALENDAR_DATE.exec(value.trim()) : null;
  if (!match) return null;
  const [, year, month, day] = match;
  return isRealDay(Number(year), Number(month), Number(day)) ? `${year}-${month}-${day}` : null;
}

/** The calendar day `days` after `day` (YYYY-MM-DD). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
