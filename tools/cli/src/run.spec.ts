import { describe, expect, it, vi } from 'vitest';
import type { Command } from './command.js';
import { EXIT } from './exit-codes.js';
import { run } from './run.js';
import { UsageError } from './usage-error.js';

const said: string[] = [];
const printed: string[] = [];
function claimwire(args: string[], act: Command['run'] = () => Promise.resolve(EXIT.ok)): Promise<number> {
  said.length = printed.length = 0;
  const command: Command = { name: 'count', summary: 'counts', help: 'all about count', options: {}, run: act };
  const out = (lines: string[]) => (line: string) => void lines.push(line);
  return run(args, {
    commands: [command],
    env: { DATABASE_URL: 'mysql://x' },
    print: out(printed),
    say: out(said),
    signal: new AbortController().signal,
  });
}

describe('claimwire', () => {
  it.each([[['--help']], [['-h']], [['help']]])('lists its commands and exit codes for %j', async (args) => {
    expect(await claimwire(args)).toBe(EXIT.ok);
    expect(printed.join()).toMatch(/count +counts[\s\S]*Exit code: 0 done/);
  });

  it('lists them too, as wrong usage, where no command is named', async () => {
    expect(await claimwire([])).toBe(EXIT.usage);
    expect(printed.join()).toContain('count');
  });

  it.each([[['count', '--help']], [['count', '--any', '-h']], [['help', 'count']]])(
    'explains a command without running it for %j',
    async (args) => {
      const act = vi.fn(() => Promise.resolve(EXIT.ok));
      expect(await claimwire(args, act)).toBe(EXIT.ok);
      expect(printed).toEqual(['all about count']);
      expect(act).not.toHaveBeenCalled();
    },
  );

  it('refuses a command that it does not have', async () => {
    expect(await claimwire(['burn'])).toBe(EXIT.usage);
    expect(said.join()).toContain('no command "burn"');
    expect(await claimwire(['help', 'burn'])).toBe(EXIT.usage);
    expect(said.join()).toContain('no command "burn"');
  });

  it('refuses an option before the command, and takes it for no question for help', async () => {
    expect(await claimwire(['--version'])).toBe(EXIT.usage);
    expect(said.join()).toContain('no option "--version"');
    expect(printed).toEqual([]);
  });

  it('hands the rest of the line over and ends with the exit code of the command', async () => {
    const act = vi.fn(() => Promise.resolve<number>(EXIT.no));
    expect(await claimwire(['count', '--all'], act)).toBe(EXIT.no);
    expect(act).toHaveBeenCalledWith(['--all'], expect.anything());
  });

  it.each([
    ['wrong usage', new UsageError('--all of what?'), EXIT.usage, '--all of what?'],
    [
      'an outage',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      EXIT.unavailable,
      '(ECONNREFUSED): "claimwire doctor" says',
    ],
    ['a bug', new TypeError('of John Doe'), EXIT.failed, 'TypeError'],
  ])('tells %s by its exit code', async (_name, error, code, text) => {
    expect(await claimwire(['count'], () => Promise.reject(error))).toBe(code);
    expect(said.join()).toContain(text);
    expect(said.join()).not.toContain('John');
  });

  it('says every setting that is wrong', async () => {
    expect(await claimwire(['count'], (_args, cli) => Promise.resolve(cli.database() ? 0 : 1))).toBe(EXIT.settings);
    expect(said.join()).toContain('DATABASE_URL must start with postgres://');
  });
});
