import { describe, expect, it } from 'vitest';
import { runsOut } from './configuration-counts.js';

const AT = new Date('2026-06-01T00:00:00Z');
const before = { notAfter: '2026-05-31T00:00:00Z' };
const after = { notAfter: '2026-06-02T00:00:00Z' };

describe('runsOut', () => {
  it.each([
    ['one secret without an end', { type: 'header', name: 'X-Key' }, false],
    ['a list whose last secret ends before', { secrets: [before] }, true],
    ['a list with one that ends after', { secrets: [before, after] }, false],
    ['a list with one that never ends', { secrets: [before, {}] }, false],
    ['keys that all end before', { keys: [before, before] }, true],
    ['a list of header names', { names: ['a', 'b'] }, false],
    ['an empty list', { secrets: [] }, false],
    ['a header whose last value ends before', { headers: [{ name: 'a' }, { name: 'b', values: [before] }] }, true],
    ['headers with a value each that ends after', { headers: [{ name: 'b', values: [before, after] }] }, false],
  ])('%s: %s', (_, auth, expected) => {
    expect(runsOut(auth, AT)).toBe(expected);
  });
});
