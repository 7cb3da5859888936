import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeProduce, type ProduceRequest } from './encode-produce.js';

interface Request {
  encode(): Promise<{ buffer: Buffer }>;
}

const require = createRequire(import.meta.url);
const theirs = require('kafkajs/src/protocol/requests/produce/v3/request.js') as (request: ProduceRequest) => Request;
const NOW = Date.UTC(2026, 0, 1);

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const message = fc.record({
  key: fc.option(fc.oneof(bytes, text)),
  value: fc.option(fc.oneof(bytes, text)),
  headers: fc.dictionary(text, fc.oneof(bytes, text), { maxKeys: 12, noNullPrototype: true }),
});
const partition = fc.record({ partition: fc.nat(100), messages: fc.array(message, { minLength: 1, maxLength: 5 }) });
const request: fc.Arbitrary<ProduceRequest> = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(60_000),
  topicData: fc.array(fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 4 }) }), { maxLength: 3 }),
});

const isSame = async (some: ProduceRequest): Promise<boolean> =>
  encodeProduce(some, NOW).equals((await theirs(some).encode()).buffer);

const oneMessage = (value: Buffer | string): ProduceRequest => ({
  acks: -1,
  timeout: 30_000,
  topicData: [{ topic: 't', partitions: [{ partition: 0, messages: [{ key: 'k', value, headers: {} }] }] }],
});

describe('a Produce request', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('is encoded to the same bytes as by kafkajs', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (some) => {
        expect(await isSame(some)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([63, 64, 8_150, 8_191, 8_192, 900_000])(
    'with a value of %d bytes is encoded as by kafkajs',
    async (length) => {
      expect(await isSame(oneMessage(Buffer.alloc(length, 7)))).toBe(true);
      expect(await isSame(oneMessage('x'.repeat(length)))).toBe(true);
    },
  );

  it('with text whose bytes are more than its characters is encoded as by kafkajs', async () => {
    for (const length of [30, 40, 63, 3_000]) expect(await isSame(oneMessage('é'.repeat(length)))).toBe(true);
  });
});
