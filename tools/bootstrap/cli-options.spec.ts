import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseReset, parseStart, parseTest } from './cli-options.mjs';

describe('the options of npm start', () => {
  it('are all optional', () => {
    expect(parseStart([])).toEqual({
      help: false,
      traffic: true,
      replicas: {},
      engine: null,
      external: false,
      portOffset: 0,
    });
  });

  it('are read in both spellings', () => {
    const expected = { traffic: false, replicas: { normalizer: 2, fanout: 3 }, engine: 'local', portOffset: 100 };
    const replicas = 'normalizer=2,fanout=3';
    expect(
      parseStart(['--no-traffic', '--replicas', replicas, '--engine', 'local', '--port-offset', '100']),
    ).toMatchObject(expected);
    expect(parseStart(['--no-traffic', `--replicas=${replicas}`, '--engine=local', '--port-offset=100'])).toMatchObject(
      expected,
    );
  });

  it.each([
    [['--verbose'], "Unknown option '--verbose'"],
    [['now'], "Unexpected argument 'now'"],
    [['--replicas', 'router=2'], 'there is no app "router"'],
    [['--replicas', 'fanout'], '"" is not a whole number'],
    [['--replicas', 'fanout=0'], '"0" is not a whole number'],
    [['--replicas', 'fanout=9'], 'from 1 to 8'],
    [['--engine', 'podman'], 'neither docker nor local'],
    [['--external', '--engine', 'local'], 'starts no engine'],
    [['--port-offset', '-1'], "'--port-offset"],
    [['--port-offset', '1.5'], 'not a whole number'],
  ])('refuse %j', (args, message) => {
    expect(() => parseStart(args)).toThrow(message);
  });
});

describe('the options of npm test and npm run reset', () => {
  it('are few', () => {
    expect(parseTest(['--quick'])).toEqual({ help: false, quick: true });
    expect(parseReset([])).toEqual({ help: false });
    expect(() => parseTest(['--fast'])).toThrow("Unknown option '--fast'");
    expect(() => parseReset(['--force'])).toThrow("Unknown option '--force'");
  });
});

describe.each(['start', 'test', 'reset'])('%s.mjs', (name) => {
  const run = (arg: string) => promisify(execFile)(process.execPath, [join(import.meta.dirname, `${name}.mjs`), arg]);

  it('explains itself and does nothing else', async () => {
    const { stdout, stderr } = await run('--help');
    expect(stdout).toContain('--help');
    expect(stderr).toBe('');
  });

  it('refuses an unknown option with exit code 2', async () => {
    await expect(run('--nonsense')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
