import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from './gunzip.js';
import { InFlightBudget } from './in-flight-budget.js';

const LIMIT = 100_000;
const MIB = 1024 * 1024;

describe('gunzip', () => {
  it('gives the bytes that were packed, of one member or several', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const budget = new InFlightBudget(LIMIT);
    expect(await gunzip(gzipSync(bytes), LIMIT, budget.open())).toEqual({ kind: 'complete', body: bytes });
    expect(budget.bytes).toBe(bytes.length);
    const members = Buffer.concat([gzipSync('{"a":'), gzipSync('1}')]);
    expect(await gunzip(members, LIMIT, budget.open())).toEqual({ kind: 'complete', body: Buffer.from('{"a":1}') });
    const full = Buffer.alloc(LIMIT, 'x');
    expect(await gunzip(gzipSync(full), LIMIT, new InFlightBudget(MIB).open())).toEqual({
      kind: 'complete',
      body: full,
    });
    expect(await gunzip(gzipSync(''), LIMIT, budget.open())).toEqual({ kind: 'complete', body: Buffer.alloc(0) });
  });

  it('stops a bomb at the limit, holding no more of it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    expect(bomb.length).toBeLessThan(LIMIT);
    const budget = new InFlightBudget(MIB);
    expect(await gunzip(bomb, LIMIT, budget.open())).toEqual({ kind: 'too_large' });
    expect(budget.bytes).toBeLessThanOrEqual(LIMIT);
    expect(await gunzip(gzipSync(Buffer.alloc(LIMIT + 1)), LIMIT, budget.open())).toEqual({ kind: 'too_large' });
  });

  it('takes no body for which other requests leave no room', async () => {
    const budget = new InFlightBudget(LIMIT);
    budget.open().grow(LIMIT - 100);
    expect(await gunzip(gzipSync(Buffer.alloc(101)), LIMIT, budget.open())).toEqual({ kind: 'no_room' });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['plain JSON', Buffer.from('{}')],
    ['deflate', deflateSync('{}')],
    ['cut short', gzipSync('{"a":1}').subarray(0, -4)],
    ['altered', Buffer.from(gzipSync('{"a":1}')).fill(0xff, 12, 14)],
  ])('refuses what is %s', async (_, bytes) => {
    expect(await gunzip(bytes, LIMIT, new InFlightBudget(LIMIT).open())).toEqual({ kind: 'not_gzip' });
  });
});
