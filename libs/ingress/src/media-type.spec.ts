import { describe, expect, it } from 'vitest';
import { codingOf, isJsonMediaType } from './media-type.js';

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

describe('codingOf', () => {
  it.each([
    ['identity', undefined],
    ['identity', ' Identity '],
    ['gzip', 'gzip'],
    ['gzip', 'X-Gzip'],
    ['other', 'deflate'],
    ['other', 'br'],
    ['other', 'gzip, gzip'],
    ['other', ''],
  ])('is %s for %s', (coding, header) => expect(codingOf(header)).toBe(coding));
});
