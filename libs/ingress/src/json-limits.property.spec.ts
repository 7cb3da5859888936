import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceededLimit } from './json-limits.js';

const BYTE_ORDER_MARK = '\ufeff';

describe('exceededLimit', () => {
  it('says of what the scan knows what it says of what must be counted, byte by byte', () => {
    const limits = fc.record({ maxDepth: fc.integer({ min: 1, max: 6 }), maxValues: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.object({ maxDepth: 5, maxKeys: 6 }), limits, (object, some) => {
        const json = JSON.stringify(object);
        // With a byte order mark no scan knows it.
        const counted = exceededLimit(Buffer.from(BYTE_ORDER_MARK + json), some);
        expect(exceededLimit(Buffer.from(json), some)).toBe(counted);
      }),
      { numRuns: 1_000 },
    );
  });
});
