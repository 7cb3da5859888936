import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, 'end-with-npm.mjs');
const SCRIPT = `
  const { endWithNpm } = await import(${JSON.stringify(MODULE)});
  process.on('SIGTERM', () => { console.log('told to end'); process.exit(); });
  endWithNpm();
  setTimeout(() => process.exit(), 40_000);
  console.log('running');
`;

/** A shell of npm, with the process as its child; resolves once that runs. @returns the shell, and all that was printed so far */
async function startUnderShell(): Promise<{ shell: ChildProcess; printed: () => string }> {
  const shell = spawn('sh', ['-c', '"$NODE" --input-type=module -e "$SCRIPT"; true'], {
    env: { ...process.env, NODE: process.execPath, SCRIPT, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  shell.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect.poll(() => text, { timeout: 30_000 }).toContain('running');
  return { shell, printed: () => text };
}

it('a command ends when the npm that started it is gone, whose shell tells it nothing', async () => {
  const { shell, printed } = await startUnderShell();
  shell.kill('SIGKILL');
  await once(shell, 'close');
  expect(printed()).toBe('running\ntold to end\n');
}, 40_000);
