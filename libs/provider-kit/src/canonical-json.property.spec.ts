import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

/** What `canonicalize`, whose hashes are the identities of stored events, says of it; null where it refuses. */
function byLibrary(value: unknown): string | null {
  try {
    return canonicalize(value) ?? null;
  } catch {
    return null;
  }
}

function byUs(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}

const anyText = fc.string({ unit: 'binary', maxLength: 8 });
const parsed = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 6 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('the canonical form of JSON', () => {
  it('is that of the reference implementation', () => {
    fc.assert(
      fc.property(parsed, (value) => {
        expect(byUs(value)).toBe(byLibrary(value));
      }),
    );
  });

  it('is refused where the reference implementation refuses: lone surrogates in text and names', () => {
    const loose = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 });
    const withSurrogates = fc.oneof(
      anyText,
      loose.map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(withSurrogates, withSurrogates, (name, text) => {
        const value = JSON.parse(JSON.stringify({ [name]: [text] })) as unknown;
        expect(byUs(value)).toBe(byLibrary(value));
      }),
    );
  });

  it('is that of each object where many have some names in common, in one order or another', () => {
    const names = fc.constantFrom('id', 'a', 'b', 'c', '10', '9', '"', '\ud800', 'x'.repeat(3_000));
    const object = fc.array(fc.tuple(names, fc.integer()), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(object, { maxLength: 40 }), (all) => {
        for (const members of all) {
          const value = Object.fromEntries(members);
          expect(byUs(value)).toBe(byLibrary(value));
        }
      }),
    );
  });

  it('does not depend on how many shapes of objects came before', () => {
    const shape = (index: number) => ({ id: 1, [`b${index}`]: 2, [`a${index}`]: 3 });
    for (let index = 0; index < 2_500; index++) {
      expect(byUs(shape(index))).toBe(`{"a${index}":3,"b${index}":2,"id":1}`);
      expect(byUs(shape(index % 7))).toBe(byLibrary(shape(index % 7)));
    }
  });

  it('is the same for numbers at the edges', () => {
    const numbers = ['-0', '1e21', '1e-7', '5e-324', '1.7976931348623157e308', '1e400', '-1e400', '0.1', '100'];
    for (const number of numbers) expect(byUs(JSON.parse(`[${number}]`))).toBe(byLibrary(JSON.parse(`[${number}]`)));
  });

  it('leaves out what is undefined, and keeps a member named __proto__', () => {
    for (const value of [{ a: undefined, b: 1 }, JSON.parse('{"__proto__":{"x":1},"a":2}')]) {
      expect(byUs(value)).toBe(byLibrary(value));
    }
  });
});
