import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Job, LoadResult, Report } from './job.js';

/** The load comes from a process of its own: in the server's or in ours it would delay what it measures. */
export class LoadGenerator {
  private readonly child: ChildProcess = fork(join(import.meta.dirname, 'generator.js'));

  /** @throws Error when a connection fails */
  async run(job: Job): Promise<LoadResult> {
    this.child.send(job);
    const [report] = (await once(this.child, 'message')) as [Report];
    if ('error' in report) throw new Error(`the load on port ${job.port} broke off: ${report.error}`);
    return report.result;
  }

  stop(): void {
    this.child.disconnect();
  }
}
