import { describe, expect, it } from 'vitest';
import { isTooFarInFuture, readDate, readTimestamp, toSecondsAndMicroseconds } from './timestamp.js';

describe('reading a date and time', () => {
  it.each([
    ['2025-03-11T14:35:00.000Z', '2025-03-11T14:35:00.000Z'],
    ['2025-03-11T14:35:00Z', '2025-03-11T14:35:00.000Z'],
    ['2025-03-11T14:35Z', '2025-03-11T14:35:00.000Z'],
    ['2025-03-11T14:35:00.1Z', '2025-03-11T14:35:00.100Z'],
    ['2020-02-11T13:56:45.249767+00:00', '2020-02-11T13:56:45.249767Z'],
    ['2020-02-11T13:56:45.2497679Z', '2020-02-11T13:56:45.249767Z'],
    ['2020-02-11T13:56:45.2497', '2020-02-11T13:56:45.249700Z'],
    ['2022-02-16 16:17:32', '2022-02-16T16:17:32.000Z'],
    ['2025-03-11T00:30:00+05:30', '2025-03-10T19:00:00.000Z'],
    ['2025-03-11T23:30:00-0100', '2025-03-12T00:30:00.000Z'],
    ['2025-03-11T23:30:00+02', '2025-03-11T21:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, timestamp) => expect(readTimestamp(text)).toBe(timestamp));

  it.each([
    ['2025-02-29T00:00:00Z'],
    ['2025-02-30T00:00:00Z'],
    ['2025-13-01T00:00:00Z'],
    ['2025-03-11T24:00:00Z'],
    ['2025-03-11T14:60:00Z'],
    ['2025-03-11T14:35:60Z'],
    ['2025-03-11T14:35:00+24:00'],
    ['2025-03-11'],
    ['0000-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00+23:00'],
    ['9999-12-31T23:59:59-01:00'],
    ['1741703700'],
    ['soon'],
    [''],
    [1741703700000],
    [null],
    [undefined],
    [{}],
  ])('%j is none', (value) => expect(readTimestamp(value)).toBeNull());

  it('keeps microseconds apart as whole numbers', () => {
    expect(toSecondsAndMicroseconds('2020-02-11T13:56:45.249767Z')).toEqual([1581429405, 249767]);
    expect(toSecondsAndMicroseconds('9999-12-31T23:59:59.999999Z')).toEqual([253402300799, 999999]);
    expect(toSecondsAndMicroseconds('1970-01-01T00:00:00.001Z')).toEqual([0, 1000]);
  });

  it('is too far in the future over 24 hours after its receipt', () => {
    expect(isTooFarInFuture('2025-03-12T00:00:00.000Z', '2025-03-11T00:00:00.000Z')).toBe(false);
    expect(isTooFarInFuture('2025-03-12T00:00:00.001Z', '2025-03-11T00:00:00.000Z')).toBe(true);
  });
});

describe('reading a day', () => {
  it.each([
    ['2025-03-11', '2025-03-11'],
    ['20250311', '2025-03-11'],
    ['2020-01-24T23:49:50+00:00', '2020-01-24'],
    ['20250230', null],
    ['2025', null],
    [20250311, null],
  ])('%j is %j', (value, day) => expect(readDate(value)).toBe(day));
});
