import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

/** Guards a server of its own, says that it does, and waits to be killed. Node runs the TypeScript as it is. */
const GUARDED = `
const { Guard } = await import(process.argv[1]);
const { spawn } = await import('node:child_process');
const server = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
new Guard(process.argv[2]).watch(server.pid);
console.log(server.pid);
setInterval(() => undefined, 1000);
`;

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the guard of test servers', () => {
  it('ends them and deletes their data when who started them is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'claimwire-test-'));
    const guard = join(import.meta.dirname, 'guard.ts');
    const owner = spawn(
      process.execPath,
      ['--experimental-transform-types', '--input-type=module', '-e', GUARDED, guard, folder],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const server = Number(line.toString());
    expect(exists(server)).toBe(true);
    owner.kill('SIGKILL');
    for (let i = 0; i < 100 && (exists(server) || existsSync(folder)); i++) await sleep(50);
    expect(exists(server)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });
});
