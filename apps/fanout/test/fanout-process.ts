import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const KEPT_LINES = 30;

/** The app as a process of its own: what a crash leaves behind shows only there. */
export class FanoutProcess {
  private readonly child: ChildProcess;
  /** What it wrote last. */
  readonly lines: string[] = [];
  private wasAskedToEnd = false;
  /** Signal or code with which it ended. */
  readonly ended: Promise<NodeJS.Signals | number | null>;

  constructor(env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, ['apps/fanout/dist/main.js'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => this.keep(line));
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal ?? code)));
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.wasAskedToEnd ||= signal === 'SIGKILL' || signal === 'SIGTERM';
    this.child.kill(signal);
  }

  /** @throws Error with what it wrote last, if it ended and nobody had asked it to */
  assertLives(): void {
    const { exitCode, signalCode } = this.child;
    if (this.wasAskedToEnd || (exitCode === null && signalCode === null)) return;
    throw new Error(`a replica ended with ${signalCode ?? exitCode}:\n${this.lastWords}`);
  }

  get lastWords(): string {
    return this.lines.join('\n');
  }

  /** @returns signal or code with which it ended */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<NodeJS.Signals | number | null> {
    this.signal(signal);
    return this.ended;
  }

  private keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}
