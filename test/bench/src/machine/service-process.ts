import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from './end-process.js';
import { type Usage, usageOf } from './process-usage.js';

export const ROOT = join(import.meta.dirname, '../../../..');

export interface ServiceOptions {
  /** Root of the checkout that it is built in; default ours. */
  root?: string;
  /** Built file, from there. */
  script: string;
  /** What Node is told, as wherever else it runs. */
  nodeOptions?: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Answers 2xx once the process can be used. */
  readyUrl: string;
  /** Folder for a CPU profile, which Node writes when the process ends. */
  profileTo?: string | null;
}

const READY_DEADLINE_MS = 60_000;

/** A built process as it really runs; its log is written, to nowhere. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly options: ServiceOptions,
  ) {}

  /** @throws Error when it ends or is not ready within a minute */
  static async start(options: ServiceOptions): Promise<ServiceProcess> {
    const { root = ROOT, nodeOptions = [] } = options;
    const profile = options.profileTo ? ['--cpu-prof', '--cpu-prof-dir', options.profileTo] : [];
    const log = openSync(devNull, 'w');
    const child = spawn(process.execPath, [...nodeOptions, ...profile, join(root, options.script)], {
      cwd: root,
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...options.env },
      stdio: ['ignore', log, 'inherit'],
    });
    closeSync(log);
    const service = new ServiceProcess(child, options);
    await service.ready();
    return service;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  usage(): Promise<Usage | null> {
    return usageOf(this.child.pid);
  }

  async stop(): Promise<void> {
    if (this.running) await endProcess(this.child);
  }

  /** As a crash: nothing is told to it. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (this.running && Date.now() < deadline) {
      const answer = await fetch(this.options.readyUrl).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      await sleep(50);
    }
    await this.stop();
    throw new Error(`${this.options.script} did not become ready`);
  }
}
