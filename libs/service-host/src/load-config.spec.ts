import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerHelp } from './load-config.js';

class Config {}
const flags = { '--wait': 'waits' };

/** @returns what was written, and the exit code; null where the script goes on */
function answer(args: string[], stated?: typeof flags): { out: string; err: string; code: unknown } {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('ended');
  });
  try {
    answerHelp(Config, { name: 'migrate', flags: stated }, args);
  } catch {
    // as process.exit() would
  }
  return {
    out: out.mock.calls.join(''),
    err: err.mock.calls.join(''),
    code: exit.mock.calls[0]?.[0] ?? null,
  };
}

afterEach(() => vi.restoreAllMocks());

describe('the command line of a script beside a service', () => {
  it('goes on with what it takes', () => {
    expect(answer(['--wait'], flags)).toEqual({ out: '', err: '', code: null });
  });

  it('refuses anything else, which it would have gone on without', () => {
    expect(answer(['--wiat'], flags)).toMatchObject({ code: 2, err: expect.stringContaining('"--wiat"') as string });
  });

  it('explains what it takes', () => {
    expect(answer(['--help'], flags)).toMatchObject({
      code: 0,
      out: expect.stringContaining('--wait  waits') as string,
    });
  });

  it('is not looked at where nothing is stated', () => {
    expect(answer(['--wiat'])).toMatchObject({ code: null });
  });
});
