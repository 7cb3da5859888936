import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestamp, toSecondsAndMicroseconds } from './timestamp.js';

const instant = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });

describe('reading a date and time', () => {
  it('gives the same instant for every offset it can be written with', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -23 * 60, max: 23 * 60 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
          String(part).padStart(2, '0'),
        );
        expect(readTimestamp(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(date.toISOString());
      }),
    );
  });

  it('takes exactly the days that exist', () => {
    const part = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(part(9999), part(13), part(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(`${text}T00:00:00Z`);
        const exists = year > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(readTimestamp(`${text}T00:00:00Z`) !== null).toBe(exists);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the form that it gives back exactly where it takes it with a space around it', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
    const real = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    const fraction = fc.constantFrom('.120Z', '.120034Z', '.000000Z', '.1200Z');
    const parts = fc
      .tuple(two, two, two, two, two, two, two, fraction)
      .map(([c, y, mo, d, h, mi, s, rest]) => `${c}${y}-${mo}-${d}T${h}:${mi}:${s}${rest}`);
    const times = fc
      .tuple(real, fc.constantFrom('', '000', '217'))
      .map(([date, micros]) => date.toISOString().replace('Z', `${micros}Z`));
    const damaged = fc
      .tuple(times, fc.nat(26), fc.constantFrom('0', '9', '/', ':', ' ', 'T', 'z', '٣'))
      .map(([time, at, by]) => time.slice(0, at) + by + time.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(times, parts, damaged), (text) => {
        expect(readTimestamp(text)).toBe(readTimestamp(` ${text} `));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the order of instants in seconds and microseconds', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 999_999 }), (date, micros) => {
        const text = `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
        expect(toSecondsAndMicroseconds(readTimestamp(text)!)).toEqual([Math.floor(date.getTime() / 1000), micros]);
      }),
    );
  });
});
