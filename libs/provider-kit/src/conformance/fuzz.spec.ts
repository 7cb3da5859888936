import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANARY } from './arbitrary-bodies.js';
import { fuzz } from './fuzz.js';

const canaries = fc.constant(CANARY);

describe('fuzz', () => {
  it.each<[string, (value: string) => unknown]>([
    // eslint-disable-next-line no-console -- what it is there to find
    ['prints', (value) => console.warn('read', value)],
    ['prints to the error stream', (value) => process.stderr.write(`read ${value}`)],
    ['stumbles over', (value) => BigInt(value)],
  ])('finds code that %s what it was given', (_, check) => {
    expect(() => fuzz(canaries, (value) => void check(value), 5)).toThrow(/Property failed after 1 tests/);
  });

  it('finds nothing where nothing is wrong', () => {
    expect(() => fuzz(canaries, (value) => expect(value).toBe(CANARY), 5)).not.toThrow();
  });
});
