import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const DEADLINE_MS = 20_000;

/** Asks a running process to end, and makes it end when it does not within twenty seconds. */
export async function endProcess(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  await ended;
  clearTimeout(force);
}
