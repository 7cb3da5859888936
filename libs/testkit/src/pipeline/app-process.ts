import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A built app as a process of its own, which can be killed, paused and ended. */
export class AppProcess {
  readonly child: ChildProcess;
  /** All that it wrote, its log lines. */
  output = '';

  /** @param env its whole environment but for PATH; MANAGEMENT_PORT is any free one */
  constructor(app: string, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [`apps/${app}/dist/main.js`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, MANAGEMENT_PORT: '0', ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @returns the exit code, or the signal that ended it */
  async ended(): Promise<number | string | null> {
    if (this.isRunning) await once(this.child, 'exit');
    return this.child.signalCode ?? this.child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Also where it is paused. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill(signal);
    this.child.kill('SIGCONT');
    await this.ended();
  }
}
