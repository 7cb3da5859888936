import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { headerProblem } from './header-rules.js';
import { httpUrlProblem } from './http-url.js';
import { decodeCursor, encodeCursor, toPage } from './page.js';
import { Problem } from './problem.js';

describe('own headers', () => {
  it.each(['Authorization', 'X-Api-Key', 'x_under.score', 'Content-Type'])('may be %s', (name) => {
    expect(headerProblem(name, 'v')).toBeNull();
  });

  it.each(['Host', 'CONNECTION', 'Transfer-Encoding', 'Content-Length', 'Webhook-Id', 'ce-type', 'claimwire-replay'])(
    'may not be %s, in any case',
    (name) => {
      expect(headerProblem(name, 'v')).not.toBeNull();
    },
  );

  it.each(['', 'a b', 'a:b', 'ä', 'a\r\nb'])('may not be named %j', (name) => {
    expect(headerProblem(name, 'v')).toBe('is not an HTTP header name');
  });

  it.each(['', ' v', 'v ', 'a\nb', 'a\r\nb: c', 'a\0b', 'ü', 7, null])('may not have the value %j', (value) => {
    expect(headerProblem('X-Key', value)).toBe('has no valid header value');
  });
});

describe('addresses', () => {
  it.each(['https://pms.example', 'http://127.0.0.1:8080/a?b=c'])('may be %s', (url) => {
    expect(httpUrlProblem(url)).toBeNull();
  });

  it.each(['', 'pms.example', 'file:///etc/passwd', 'https://u@pms.example', 'https://:p@pms.example', 7, null])(
    'may not be %j',
    (url) => {
      expect(httpUrlProblem(url)).not.toBeNull();
    },
  );

  it('may not be longer than 2000 characters', () => {
    expect(httpUrlProblem(`https://pms.example/${'x'.repeat(2_000)}`)).toMatch(/at most 2000/);
  });
});

describe('cursors', () => {
  it('carry what they were made of', () => {
    expect(decodeCursor(encodeCursor(['a/ä', '']), 2)).toEqual(['a/ä', '']);
  });

  it.each([
    '',
    'x',
    encodeCursor(['a']),
    Buffer.from('{"a":1}').toString('base64url'),
    Buffer.from('[1,2]').toString('base64url'),
  ])('that this list did not make are refused: %s', (cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow(Problem);
  });

  it('are given only where there is a next page', () => {
    const page = (rows: number[]) => toPage(rows, 2, (row) => [String(row)], String);
    expect(page([1, 2])).toEqual({ data: ['1', '2'], nextCursor: null });
    expect(page([])).toEqual({ data: [], nextCursor: null });
    expect(page([1, 2, 3])).toEqual({ data: ['1', '2'], nextCursor: encodeCursor(['2']) });
  });
});
