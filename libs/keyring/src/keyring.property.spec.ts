import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyring, SealError, type SealContext } from './index.js';

const ring = Keyring.parse(`k1:${randomBytes(32).toString('base64')}`);
const contexts = fc.record({ tenant: fc.string(), table: fc.string(), row: fc.string(), column: fc.string() });
const text = fc.string({ unit: 'grapheme' });
const same = (a: SealContext, b: SealContext) =>
  a.tenant === b.tenant && a.table === b.table && a.row === b.row && a.column === b.column;

describe('key ring laws', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(text, contexts, (plain, context) => {
        expect(ring.open(ring.seal(plain, context), context)).toBe(plain);
      }),
    );
  });

  it('refuses a value with any one byte changed', () => {
    fc.assert(
      fc.property(text, contexts, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, context, at, change) => {
        const sealed = ring.seal(plain, context);
        const index = at % sealed.length;
        sealed[index] = sealed[index]! ^ change;
        expect(() => ring.open(sealed, context)).toThrow(SealError);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a value cut at any place', () => {
    fc.assert(
      fc.property(text, contexts, fc.nat(), (plain, context, at) => {
        const sealed = ring.seal(plain, context);
        expect(() => ring.open(sealed.subarray(0, at % sealed.length), context)).toThrow(SealError);
      }),
    );
  });

  it('refuses a value in another place, also where only the borders between the parts moved', () => {
    fc.assert(
      fc.property(text, contexts, contexts, (plain, context, other) => {
        fc.pre(!same(context, other));
        expect(() => ring.open(ring.seal(plain, context), other)).toThrow(SealError);
      }),
    );
    const sealed = ring.seal('x', { tenant: 'ab', table: 'c', row: 'd', column: 'e' });
    expect(() => ring.open(sealed, { tenant: 'a', table: 'bc', row: 'd', column: 'e' })).toThrow(SealError);
  });
});
