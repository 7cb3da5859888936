import { describe, expect, it } from 'vitest';
import { isEncoded, isJsonMediaType } from './media-type.js';

describe('isJsonMediaType', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/cloudevents+json',
    'application/json ;v=1',
  ])('takes %s', (type) => expect(isJsonMediaType(type)).toBe(true));
  it.each([
    undefined,
    '',
    'text/plain',
    'application/jsonp',
    'application/json, text/html',
    'json',
    'application/x-ndjson2',
  ])('refuses %s', (type) => expect(isJsonMediaType(type)).toBe(false));
});

describe('isEncoded', () => {
  it('takes only what is not encoded', () => {
    expect([undefined, 'identity', 'gzip', 'br'].map(isEncoded)).toEqual([false, false, true, true]);
  });
});
