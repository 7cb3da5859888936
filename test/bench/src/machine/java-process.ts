import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endProcess } from './end-process.js';
import { type Usage, usageOf } from './process-usage.js';

export interface JavaOptions {
  classPath: string;
  mainClass: string;
  env: Readonly<Record<string, string>>;
  /** Each line of its standard output. */
  onLine: (line: string) => void;
}

const JVM = ['-Xmx1g', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];

/** A JVM; what it says on standard error is ours to see. */
export class JavaProcess {
  private readonly child: ChildProcess;

  constructor({ classPath, mainClass, env, onLine }: JavaOptions) {
    this.child = spawn('java', [...JVM, '-cp', classPath, mainClass], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on('line', onLine);
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  usage(): Promise<Usage | null> {
    return usageOf(this.child.pid);
  }

  async stop(): Promise<void> {
    if (this.running) await endProcess(this.child);
  }
}
