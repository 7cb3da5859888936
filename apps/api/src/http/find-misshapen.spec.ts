import { describe, expect, it } from 'vitest';
import { findMisshapen } from './find-misshapen.js';

const nested = (levels: number): object => {
  let value: object = {};
  for (let level = 1; level < levels; level += 1) value = level % 2 === 0 ? { value } : [value];
  return value;
};

describe('a request', () => {
  it('with what the conversion to a class would take for one is refused, by its path', () => {
    expect(findMisshapen({ constructor: 'x' })).toMatchObject({ path: 'constructor' });
    expect(findMisshapen({ a: [{}, { b: { constructor: {} } }] })).toMatchObject({ path: 'a.1.b.constructor' });
    expect(findMisshapen({ 'Canary Zahnarzt': { constructor: 1 } })?.path).not.toContain('Canary');
  });

  it('is refused that is nested too deep for whoever walks it', () => {
    expect(findMisshapen(nested(33))?.message).toContain('deeper than 32');
    expect(findMisshapen(nested(200_000))?.message).toContain('deeper than 32');
  });

  it.each(['a\0b', '\ud800', 'x\udc00'])('with what is no text for PostgreSQL is refused: %j', (text) => {
    expect(findMisshapen({ a: [text] })).toMatchObject({ path: 'a.0' });
    expect(findMisshapen({ a: { [text]: 1 } })?.message).toContain('text');
  });

  it('of our own shape is let through', () => {
    expect(findMisshapen(nested(32))).toBeNull();
    expect(findMisshapen({ a: null, b: [1, 'constructor', { c: 'constructor', d: 'é 😀' }] })).toBeNull();
  });
});
