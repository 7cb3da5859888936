import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { Instant, Whole } from './fields.js';
import { validateAs } from './validation.js';

class Window {
  @Instant()
  since!: string;
}

const pathsOf = async (since: unknown) => (await validateAs(Window, { since })).errors.map(({ path }) => path);

describe('an instant', () => {
  it.each([
    '2025-03-11',
    '2025-03-11T14:35Z',
    '2025-03-11T14:35:00.123456Z',
    '2025-03-11T14:35:00+01:00',
    '2025-03-11T14:35:00-0530',
  ])('may be %s', async (since) => {
    expect(await pathsOf(since)).toEqual([]);
  });

  it.each([
    '2025',
    '2025-03',
    '2025-W10-1',
    '2025-070',
    '2025-03-11T10Z',
    '2025-03-11T10:00:00,5Z',
    '2025-02-30',
    '2025-03-11T10:00:00+16:00',
    7,
  ])('may not be %s, which PostgreSQL or Date would not read', async (since) => {
    expect(new Set(await pathsOf(since))).toEqual(new Set(['since']));
  });
});

class Pace {
  @Whole({ min: 0, max: 9, nullable: true })
  perSecond!: number | null;
}

describe('a whole number', () => {
  it.each([
    [5, 5],
    ['5', 5],
    [null, null],
  ])('may be %j', async (perSecond, expected) => {
    expect(await validateAs(Pace, { perSecond })).toMatchObject({ instance: { perSecond: expected }, errors: [] });
  });

  it.each([[true], [false], [''], [' 5'], ['0x5'], ['5e0'], [[5]], [5.5], [10]])('may not be %j', async (perSecond) => {
    const { errors } = await validateAs(Pace, { perSecond });
    expect(new Set(errors.map(({ path }) => path))).toEqual(new Set(['perSecond']));
  });
});
