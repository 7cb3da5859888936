import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The app as a process of its own: what a crash leaves behind shows only there. */
export class FanoutProcess {
  private readonly child: ChildProcess;
  /** What it logged as an error: why it ended, where it did. */
  readonly errors: string[] = [];
  /** Signal or code with which it ended. */
  readonly ended: Promise<NodeJS.Signals | number | null>;

  constructor(env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, ['apps/fanout/dist/main.js'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.child.stdout! });
    lines.on('line', (line) => /"level":"(error|fatal)"/.test(line) && this.errors.push(line));
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code)));
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @returns signal or code with which it ended */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<NodeJS.Signals | number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
