import { describe, expect, it } from 'vitest';
import { exceededLimit } from './json-limits.js';

const limits = { maxDepth: 3, maxValues: 5 };
const check = (text: string) => exceededLimit(Buffer.from(text), limits);

describe('exceededLimit', () => {
  it.each([
    '{"a":{"b":[1]}}',
    '[[[]]]',
    '{}',
    '',
    '[1,2,3,4]',
    '{"a":"[[[[[{{{{,,,,,,,,\\"[[[[[["}',
    '"',
    '"\\',
    ']]]][[[',
  ])('lets %s pass', (text) => expect(check(text)).toBeNull());

  it.each([
    ['[[[[', 'too_deep'],
    ['{"a":{"b":{"c":{}}}}', 'too_deep'],
    ['[1,2,3,4,5,6]', 'too_many_values'],
    ['[[],[],[]]', 'too_many_values'],
    ['{"a\\\\":[[[', 'too_deep'],
  ])('stops %s', (text, reason) => expect(check(text)).toBe(reason));

  it('is quick with the largest bodies', () => {
    const body = Buffer.from(`{"a":"${'x'.repeat(1_000_000)}"}`);
    const from = performance.now();
    expect(exceededLimit(body, limits)).toBeNull();
    expect(performance.now() - from).toBeLessThan(200);
  });
});
