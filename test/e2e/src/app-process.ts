import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@claimwire/testkit';

const ROOT = join(import.meta.dirname, '../../..');
const LOGS = join(ROOT, 'var/log/e2e');

/** A built app as a real process: what a test starts, kills and starts again. */
export class AppProcess {
  private child: ChildProcess | undefined;
  private output = '';
  /** It was told to end. */
  private told = false;
  readonly managementUrl: string;

  private constructor(
    readonly name: string,
    private readonly env: Record<string, string>,
    managementPort: number,
    private readonly root: string,
  ) {
    this.managementUrl = `http://127.0.0.1:${managementPort}`;
  }

  /** @param root of the checkout whose build it runs */
  static async create(name: string, env: Record<string, string>, root = ROOT): Promise<AppProcess> {
    const managementPort = await freePort();
    return new AppProcess(name, { ...env, MANAGEMENT_PORT: String(managementPort) }, managementPort, root);
  }

  /** @param extraEnv for example CLAIMWIRE_TEST_FAULT; forgotten at the next start */
  async start(extraEnv: Record<string, string> = {}): Promise<void> {
    mkdirSync(LOGS, { recursive: true });
    const log = createWriteStream(join(LOGS, `${this.name}.log`), { flags: 'a' });
    const child = spawn(process.execPath, [join(this.root, 'apps', this.name, 'dist/main.js')], {
      env: { PATH: process.env.PATH, ...this.env, ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        log.write(chunk);
      });
    }
    this.child = child;
    this.told = false;
  }

  /** By itself, or killed by somebody else than the test: how, and its last words. */
  diedOfItself(): string | null {
    const { child } = this;
    if (this.told || !child || (child.exitCode === null && child.signalCode === null)) return null;
    return `${this.name} ended with ${child.signalCode ?? child.exitCode}: ${this.output.slice(-2000)}`;
  }

  signal(signal: NodeJS.Signals): void {
    this.told = true;
    this.child?.kill(signal);
  }

  /** Everything it has written to its log so far, over all its lives. */
  log(): string {
    return this.output;
  }

  /** @throws Error with the reasons of /readyz when it is not ready in time */
  async ready(timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let last = 'no answer';
    while (Date.now() < deadline) {
      if (this.child?.exitCode !== null && this.child?.exitCode !== undefined) {
        throw new Error(`${this.name} exited with ${this.child.exitCode}: ${this.output.slice(-2000)}`);
      }
      const answer = await fetch(`${this.managementUrl}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      last = answer ? await answer.text() : last;
      await sleep(100);
    }
    throw new Error(`${this.name} is not ready after ${timeoutMs} ms: ${last}\n${this.output.slice(-2000)}`);
  }

  /** Resolves with the signal or exit code when the process ends by itself or is killed. */
  async ended(timeoutMs = 30_000): Promise<string | number> {
    const child = this.child;
    if (!child) throw new Error(`${this.name} was never started`);
    if (child.exitCode !== null) return child.exitCode;
    if (child.signalCode !== null) return child.signalCode;
    const [code, signal] = (await once(child, 'exit', { signal: AbortSignal.timeout(timeoutMs) })) as [
      number | null,
      string | null,
    ];
    return signal ?? code ?? -1;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Graceful: SIGTERM, and SIGKILL when that takes longer than 15 s. */
  async stop(): Promise<string | number> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return 'not running';
    this.signal('SIGTERM');
    return this.ended(15_000).catch(async () => {
      await this.kill();
      return 'SIGKILL';
    });
  }
}
