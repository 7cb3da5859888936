import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchContext, type DecodedRecord, decodeRecord } from './decode-record.js';
import { RecordWriter, recordBound, type ProduceMessage } from './record-writer.js';

type Headers = DecodedRecord['headers'];
interface Decoder {
  buffer: Buffer;
}

const require = createRequire(import.meta.url);
const KafkaDecoder = require('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => Decoder;
const theirs = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as typeof decodeRecord;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
/** kafkajs takes what an object inherits under such a name for a first value; ours does not (below). */
const headerName = text.filter((name) => !(name in {}));
const message: fc.Arbitrary<ProduceMessage> = fc.record({
  key: fc.option(fc.oneof(bytes, text)),
  value: fc.option(fc.oneof(bytes, text)),
  headers: fc.dictionary(headerName, fc.oneof(bytes, text), { maxKeys: 12, noNullPrototype: true }),
});
const int64 = fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String);
const context: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: int64,
  firstTimestamp: int64,
  maxTimestamp: int64,
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

const PLACE = { firstOffset: '0', firstTimestamp: '0' };

/** The record without the length before it, as kafkajs hands it to its decoder. */
function written(some: ProduceMessage, offsetDelta: number): Buffer {
  const writer = new RecordWriter(Buffer.alloc(recordBound(some)));
  writer.record(some, offsetDelta);
  let body = 0;
  while ((writer.bytes[body] ?? 0) > 127) body += 1;
  return writer.bytes.subarray(body + 1, writer.at);
}

const asBuffers = (headers: Headers): unknown =>
  Object.entries(headers).map(([name, value]) => [name, value === null ? null : Buffer.from(value as string)]);

describe('a record', () => {
  it('is decoded as by kafkajs, but for ASCII header values, which are text', () => {
    fc.assert(
      fc.property(message, context, fc.nat(100_000), (some, batch, offsetDelta) => {
        const buffer = written(some, offsetDelta);
        const { headers, ...record } = decodeRecord(new KafkaDecoder(buffer), batch);
        const { headers: expected, ...rest } = theirs(new KafkaDecoder(buffer), batch);
        expect(record).toEqual(rest);
        expect(asBuffers(headers)).toEqual(asBuffers(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('may have a header called %s', (name) => {
    const headers = Object.fromEntries([[name, 'plain']]);
    const decoded = decodeRecord({ buffer: written({ key: null, value: null, headers }, 0) }, PLACE).headers;
    expect(Object.entries(decoded)).toEqual([[name, 'plain']]);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  it('keeps header values that are no ASCII as the bytes they are', () => {
    const value = Buffer.from([0xff, 0xfe, 0x41]);
    const buffer = written({ key: null, value: null, headers: { a: value, b: 'plain' } }, 0);
    const { headers } = decodeRecord({ buffer }, PLACE);
    expect(headers).toEqual({ a: value, b: 'plain' });
  });
});
