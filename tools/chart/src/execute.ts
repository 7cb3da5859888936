import { execFile } from 'node:child_process';

export interface Executed {
  ok: boolean;
  /** What it printed on both streams. */
  output: string;
  stdout: string;
}

/** Runs a program to its end. A program that is missing counts as failed. */
export function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Executed> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const missing = error !== null && 'code' in error && error.code === 'ENOENT';
      resolve({ ok: error === null, output: missing ? `${command} is not installed` : stdout + stderr, stdout });
    });
  });
}
