import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';

describe('the options of the ingress benchmark', () => {
  it('measure every scheme five times where nothing is said', () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ rounds: 5, seconds: 5, soakSeconds: null, assert: false });
    expect(options.schemes).toHaveLength(7);
  });

  it('name schemes and times', () => {
    const options = readOptions(['--only', 'cair-hmac,tpastream-rs256', '--soak', '10m', '--rounds', '2']);
    expect(options.schemes.map(({ name }) => name)).toEqual(['cair-hmac', 'tpastream-rs256']);
    expect(options).toMatchObject({ rounds: 2, soakSeconds: 600 });
  });

  it.each([
    [['--only', 'cair'], /no such scheme: cair/],
    [['--soak', 'long'], /--soak/],
    [['--rounds', '0'], /--rounds/],
    [['--fast'], /--fast/],
  ])('%j are refused with what is wrong', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
