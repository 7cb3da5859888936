import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { partitionFor } from './partition-for.js';

describe('partitionFor', () => {
  it("puts every key where kafkajs' default partitioner (that of the Java clients) would", () => {
    const theirs = Partitioners.DefaultPartitioner();
    const metadata = (count: number) =>
      Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 })) as never[];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 64 }), (bytes, count) => {
        const key = Buffer.from(bytes);
        const expected = theirs({ topic: 't', partitionMetadata: metadata(count), message: { key, value: null } });
        expect(partitionFor(key, count)).toBe(expected);
      }),
    );
  });
});
