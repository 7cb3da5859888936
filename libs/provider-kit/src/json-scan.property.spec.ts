import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBody, hashJson } from './body-identity.js';
import { parseJsonObject } from './json.js';
import { scanJson } from './json-scan.js';
import { headParser } from './parse-head.js';

const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));

const name = fc.constantFrom('a', 'b', 'id', 'data', 'é', '__proto__', '10', 'x"y').map((text) => JSON.stringify(text));
const anyText = fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text));
const escaped = [
  '"EMR\\/2022\\/1"',
  '"\\u00e9\\/"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\b\\f\\n\\r\\t\\"\\\\"',
  '"\u007f\u2028"',
];
const JSON_SPELLINGS = {
  space: fc.constantFrom('', '', '', ' ', '\n\t', '\r'),
  text: fc.oneof(anyText, fc.constantFrom(...escaped)),
  number: fc.oneof(
    fc.stringMatching(/^-?(0|[1-9]\d{0,18})(\.\d{1,18})?([eE][+-]?\d{1,3})?$/),
    fc.stringMatching(/^-?\d\.0{0,7}\d{1,2}$/),
    fc.double().filter(Number.isFinite).map(String),
    fc.constantFrom('0', '-0', '-0.5', '1.50'),
  ),
  word: fc.constantFrom('true', 'false', 'null'),
};
const NEARLY_JSON = {
  space: fc.constantFrom('', '', '', '', '', '', ' ', '\f', '\u00a0'),
  text: fc.oneof(anyText, fc.constantFrom('"\\u12g4"', '"\\x"', '"\\u123"', '"\u0001"', '"open')),
  number: fc.stringMatching(/^[-+]?\d{0,3}(\.\d{0,3})?([eE][+-]?\d{0,2})?$/),
  word: fc.constantFrom('true', 'false', 'null', 'nul', 'True', 'nulll', ''),
};

function bodies({ space, text, number, word }: Record<'space' | 'text' | 'number' | 'word', fc.Arbitrary<string>>) {
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, number, word, tie('list'), tie('object')),
    list: fc.array(joined(space, tie('value'), space), { maxLength: 4 }).map((elements) => `[${elements.join(',')}]`),
    object: fc
      .array(joined(space, name, space, fc.constant(':'), space, tie('value'), space), { maxLength: 5 })
      .map((members) => `{${members.join(',')}}`),
  }));
  const body = joined(space, fc.constant('{"data":'), value, fc.constant(',"id":'), value, fc.constant('}'), space);
  return fc.oneof(body, joined(space, value, space)).map((json) => Buffer.from(json));
}

const body = fc.oneof(
  bodies(JSON_SPELLINGS),
  bodies(NEARLY_JSON),
  fc.tuple(bodies(JSON_SPELLINGS), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

const RUNS = { numRuns: 3_000 };

describe('a scanned body', () => {
  it('is a JSON object', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        if (scanJson(bytes)) expect(parseJsonObject(bytes)).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('has the identity of what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const parsed = parseJsonObject(bytes);
        if (parsed) expect(hashBody(bytes)).toBe(hashJson(parsed));
      }),
      RUNS,
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":"\\ud800"}',
    '{"a":-0}',
    '{"a":1e400}',
    '{"a":9007199254740993}',
    '{"a":0.0000001}',
    '{"a":0.1234567890123456789}',
  ])('has it also where it is %s', (json) => expect(hashBody(Buffer.from(json))).toBe(hashJson(JSON.parse(json))));

  it('has the members that JSON.parse finds', () => {
    const parse = headParser({ id: true, data: { id: true, a: { b: true }, __proto__x: true } });
    fc.assert(
      fc.property(body, (bytes) => {
        const parsed = parseJsonObject(bytes);
        const head = parse(bytes);
        expect(head === null).toBe(parsed === null);
        if (parsed && head) expect(wanted(head)).toEqual(wanted(parsed));
      }),
      RUNS,
    );
  });

  it.each([
    ['{"b":1,"a":[{"z":true,"y":"EMR\\/1"}]}', true],
    ['{"a":1.50,"b":1e3,"c":"\\u00e9"}', true],
    ['{"a":1}x', false],
    ['\ufeff{"a":1}', false],
    ['[1]', false],
    ['{"a":01}', false],
    ['{"\\u0061":1}', false],
    ['{"a":1,}', false],
    [`{"a":"${'x'.repeat(20_000)}"}`, false],
    [`{"a":${'['.repeat(70)}${']'.repeat(70)}}`, false],
    [`{"a":[${'1,'.repeat(5_000)}1]}`, false],
  ])('of %s is known: %s', (json, isKnown) => expect(scanJson(Buffer.from(json)) !== null).toBe(isKnown));
});

function wanted(object: Readonly<Record<string, unknown>>): unknown {
  const member = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null && !Array.isArray(of) && Object.hasOwn(of, name)
      ? (of as Record<string, unknown>)[name]
      : undefined;
  const isObject = typeof object.data === 'object' && object.data !== null && !Array.isArray(object.data);
  const a = member(object.data, 'a');
  return [
    member(object, 'id'),
    isObject
      ? [member(object.data, 'id'), typeof a === 'object' && a !== null && !Array.isArray(a) ? member(a, 'b') : a]
      : object.data,
  ];
}
