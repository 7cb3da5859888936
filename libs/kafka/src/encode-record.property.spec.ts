import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EncodableRecord, type Encoded, encodeRecord } from './encode-record.js';

const theirs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: EncodableRecord,
) => Encoded;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const record: fc.Arbitrary<EncodableRecord> = fc.record({
  offsetDelta: fc.nat(100_000),
  timestampDelta: fc.nat(100_000),
  key: fc.option(fc.oneof(bytes, text)),
  value: fc.option(fc.oneof(bytes, text)),
  headers: fc.dictionary(text, fc.oneof(bytes, text), { maxKeys: 12, noNullPrototype: true }),
});

describe('a record', () => {
  it('is encoded to the same bytes as by kafkajs', () => {
    fc.assert(
      fc.property(record, (some) => {
        expect(encodeRecord(some).buffer.equals(theirs(some).buffer)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([63, 64, 8_191, 8_192, 900_000])('with a value of %d bytes is encoded as by kafkajs', (length) => {
    const some = { offsetDelta: 0, timestampDelta: 0, key: 'k', value: Buffer.alloc(length, 7), headers: {} };
    expect(encodeRecord(some).buffer.equals(theirs(some).buffer)).toBe(true);
  });
});
