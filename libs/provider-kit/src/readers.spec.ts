import { describe, expect, it } from 'vitest';
import { hashJson } from './body-identity.js';
import { readDateRange } from './date-range.js';
import { addDecimals, compareDecimals, multiplyDecimals, negateDecimal, readDecimal } from './decimal.js';
import { eventTypeOf } from './event-type.js';
import { parseJsonObject, readCode, readList, readText } from './json.js';
import { readIdentifier } from './read-identifier.js';

describe('reading a body', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['\ufeff{"a":1}', { a: 1 }],
    ['[1]', null],
    ['null', null],
    ['"text"', null],
    ['{"a":1', null],
    ['', null],
  ])('%j is %j', (text, value) => expect(parseJsonObject(Buffer.from(text))).toEqual(value));

  it('refuses bytes that are not UTF-8 instead of replacing them', () => {
    expect(parseJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
  });

  it('refuses nesting that would overflow the stack of a serialiser', () => {
    const nested = (depth: number) => Buffer.from(`{"a":${'['.repeat(depth)}"\\ud800"${']'.repeat(depth)}}`);
    expect(parseJsonObject(nested(200_000))).toBeNull();
    expect(hashJson(parseJsonObject(nested(400)))).toHaveLength(64);
  });
});

describe('the identity of a body', () => {
  it('does not depend on how the same JSON is spelled', () => {
    const spellings = ['{"a":1,"b":"x/y"}', '{ "b": "x\\/y", "a": 1.0 }', '{"b":"\\u0078/y","a":1e0}'];
    const hashes = spellings.map((text) => hashJson(JSON.parse(text)));
    expect(new Set(hashes).size).toBe(1);
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: '\ud800' }, { a: '\ud801' }],
  ])('parts %j from %j', (a, b) => expect(hashJson(a)).not.toBe(hashJson(b)));
});

describe('reading an id', () => {
  it.each([
    [10004, '10004'],
    ['10004', '10004'],
    ['a/b c', 'a/b c'],
    ['', null],
    ['  ', null],
    [2 ** 53, null],
    [1.5, null],
    ['a\u0000', null],
    ['\ud800', null],
    ['x'.repeat(201), null],
    [null, null],
    [{}, null],
    [true, null],
  ])('%j is %j', (value, id) => expect(readIdentifier(value)).toBe(id));
});

describe('reading text and codes', () => {
  it('leaves nothing that a store would refuse', () => {
    expect(readText(' a\u0000b\ud800 ')).toBe('a b\ufffd');
    expect(readText('x'.repeat(900))).toHaveLength(500);
    expect(readText('\u0000')).toBeNull();
    expect(readText(7)).toBeNull();
    expect(readCode(7)).toBe('7');
    expect(readCode('x'.repeat(900))).toHaveLength(64);
    expect(readCode(Number.NaN)).toBeNull();
  });

  it('takes a lone object for a list of one', () => {
    expect(readList({ a: 1 })).toEqual([{ a: 1 }]);
    expect(readList('a')).toEqual([]);
  });

  it('makes a type that can stand in a header', () => {
    expect(eventTypeOf('stedi', 'file.failed.v2')).toBe('stedi.file.failed.v2');
    expect(eventTypeOf('cair', 'transaction.x12.835')).toBe('cair.transaction.x12.835');
    for (const odd of ['', 'a b', '078-05-1120', 'member.20250311', 'a\n', 'ü', 'x'.repeat(65), null, 7])
      expect(eventTypeOf('stedi', odd)).toBe('stedi.unknown');
  });
});

describe('reading an amount', () => {
  it.each([
    [228, '228.00'],
    [15000.5, '15000.50'],
    [-12.345, '-12.345'],
    [0, '0.00'],
    [-0, '0.00'],
    [0.1 + 0.2, '0.30'],
    [1e-7, '0.00'],
    ['109.20', '109.20'],
    ['109.2', '109.20'],
    [' 7 ', '7.00'],
    ['.5', '0.50'],
    ['-.05', '-0.05'],
    ['.', null],
    ['-0', '0.00'],
    ['123456789012345678.123456', '123456789012345678.123456'],
    ['1e5', null],
    ['1,000.00', null],
    ['', null],
    ['NaN', null],
    [Number.NaN, null],
    [1e300, null],
    [null, null],
    [[], null],
  ])('%j is %j', (value, amount) => expect(readDecimal(value)).toBe(amount));

  it('adds, multiplies, negates and compares exactly', () => {
    expect(addDecimals('0.10', '0.20', '-0.05')).toBe('0.25');
    expect(addDecimals('123456789012345678.01', '0.01')).toBe('123456789012345678.02');
    expect(multiplyDecimals('0.10', '3.00')).toBe('0.30');
    expect(negateDecimal('0.00')).toBe('0.00');
    expect(negateDecimal('-1.50')).toBe('1.50');
    expect(compareDecimals('10.00', '9.99')).toBe(1);
    expect(compareDecimals('10.0', '10.00')).toBe(0);
  });
});

describe('reading a range of days', () => {
  it.each([
    [{ bounds: '[]', start: '2020-01-16', end: '2020-01-17' }, ['2020-01-16', '2020-01-17']],
    [{ bounds: '[)', start: '2020-01-16', end: '2020-01-17' }, ['2020-01-16', '2020-01-16']],
    [{ bounds: '[)', start: '2020-02-28', end: '2020-03-01' }, ['2020-02-28', '2020-02-29']],
    [{ bounds: '(]', start: '2020-01-16', end: '2020-01-18' }, ['2020-01-17', '2020-01-18']],
    [{ start: '2020-01-16', end: null }, ['2020-01-16', '2020-01-16']],
    [{ bounds: '[)', start: '2020-01-16', end: '2020-01-16' }, ['2020-01-16', '2020-01-16']],
  ])('%j is %j', (value, [start, end]) => expect(readDateRange(value)).toEqual({ start, end }));

  it.each([[null], ['2020-01-16'], [{ end: '2020-01-16' }], [{ start: 'x', end: '2020-01-16' }]])(
    '%j is none',
    (value) => expect(readDateRange(value)).toBeNull(),
  );
});

describe('a body that is parsed twice', () => {
  it('is the same object, and another buffer is another', () => {
    const [first, second] = [Buffer.from('{"a":1}'), Buffer.from('{"a":1}')];
    const parsed = parseJsonObject(first);
    expect(parseJsonObject(first)).toBe(parsed);
    expect(parseJsonObject(second)).not.toBe(parsed);
    expect(parseJsonObject(first)).toEqual(parsed);
    expect([parseJsonObject(Buffer.from('[]')), parseJsonObject(Buffer.from('x'))]).toEqual([null, null]);
  });
});
