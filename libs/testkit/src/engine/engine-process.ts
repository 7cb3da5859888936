import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EngineCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** File that takes stdout and stderr, appended. */
  readonly logFile: string;
  /** How a graceful stop is asked for. */
  readonly stopSignal: NodeJS.Signals;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A graceful stop that takes longer ends with SIGKILL. */
const STOP_DEADLINE_MS = 20_000;

/**
 * A server process in a session of its own: a Ctrl-C in the terminal reaches only its supervisor, which stops the
 * apps first and the servers that they need last.
 */
export class EngineProcess {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;

  constructor(private readonly what: EngineCommand) {
    const log = openSync(what.logFile, 'a');
    this.child = spawn(what.command, what.args, {
      cwd: what.cwd,
      uid: what.uid,
      gid: what.gid,
      env: what.env ?? process.env,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.what.name} could not be started: ${this.what.command}`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Waits until `probe` holds.
   * @throws when the process ends first, or is not ready after `timeoutMs`; both name the log file.
   */
  async ready(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.running) {
      if (await probe()) return;
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.what.name} was not ready after ${timeoutMs / 1000} s: see ${this.what.logFile}`);
      }
      await sleep(50);
    }
    throw new Error(`${this.what.name} ended while it started: see ${this.what.logFile}`);
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const exit = once(this.child, 'exit');
    this.child.kill(this.what.stopSignal);
    const tooLong = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await exit;
    clearTimeout(tooLong);
  }
}
