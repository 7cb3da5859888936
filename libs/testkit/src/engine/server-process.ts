import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerCommand {
  /** For messages. */
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

/** How whoever starts a server follows it before it is ready. */
export interface Launch {
  /** Ends the start: the process is stopped, and the start fails. */
  readonly signal?: AbortSignal;
  /** The process exists, though it is not ready: time to write its pid down. */
  readonly onSpawn?: (pid: number) => void;
}

/** A graceful stop that takes longer ends with SIGKILL. */
const STOP_DEADLINE_MS = 20_000;
const PROBE_INTERVAL_MS = 50;

/**
 * A server process in a session of its own: a Ctrl-C in the terminal reaches only its supervisor, which stops the
 * apps first and the servers that they need last.
 */
export class ServerProcess {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private stopped: Promise<void> | null = null;

  constructor(
    private readonly what: ServerCommand,
    { signal, onSpawn }: Launch = {},
  ) {
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
    if (this.child.pid !== undefined) onSpawn?.(this.child.pid);
    const abort = () => void this.stop();
    signal?.addEventListener('abort', abort, { once: true });
    void this.ended.then(() => signal?.removeEventListener('abort', abort));
    if (signal?.aborted) abort();
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
   * @throws when the process ends first, or is not ready after `timeoutMs`, both of which name the log file; what `probe`
   * throws, which is final. The process is stopped then.
   */
  async ready(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.running) {
      const isReady = await probe().catch(async (error: unknown) => {
        await this.stop();
        throw error;
      });
      if (isReady) return;
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.what.name} was not ready after ${timeoutMs / 1000} s: see ${this.what.logFile}`);
      }
      await sleep(PROBE_INTERVAL_MS);
    }
    throw new Error(`${this.what.name} ended while it started: see ${this.what.logFile}`);
  }

  /** Resolves when the process has ended. Safe to call at any time; it is asked only once. */
  stop(): Promise<void> {
    this.stopped ??= this.running ? this.askToStop() : Promise.resolve();
    return this.stopped;
  }

  private async askToStop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill(this.what.stopSignal);
    const tooLong = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await exit;
    clearTimeout(tooLong);
  }
}
