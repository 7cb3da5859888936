import { describe, expect, it } from 'vitest';
import { parseFuzz } from './fuzz-options.mjs';

describe('the options of npm run fuzz', () => {
  it('are all optional: every provider, and another seed each time', () => {
    const options = parseFuzz([]);
    expect(options).toMatchObject({
      help: false,
      cases: 100_000,
      providers: ['cair', 'curacel', 'tpastream', 'stedi'],
    });
    expect(Number.isInteger(options.seed)).toBe(true);
    expect(new Set(Array.from({ length: 5 }, () => parseFuzz([]).seed)).size).toBeGreaterThan(1);
  });

  it('are read in both spellings', () => {
    const expected = { cases: 7, seed: 0, providers: ['cair', 'stedi'] };
    expect(parseFuzz(['--cases', '7', '--seed', '0', '--provider', 'stedi,cair'])).toMatchObject(expected);
    expect(parseFuzz(['--cases=7', '--seed=0', '--provider=cair,stedi'])).toMatchObject(expected);
  });

  it.each([
    [['--cases', '0'], 'not a whole number'],
    [['--cases', '1e5'], 'not a whole number'],
    [['--seed', '-1'], '--seed'],
    [['--seed', '4294967296'], 'not a whole number'],
    [['--provider', 'acme'], 'there is no provider "acme"; there are cair, curacel, tpastream, stedi'],
    [['--provider', ''], 'there is no provider ""'],
    [['--runs', '5'], "Unknown option '--runs'"],
  ])('that make no sense are refused: %j', (args, message) => {
    expect(() => parseFuzz(args)).toThrow(message);
  });
});
