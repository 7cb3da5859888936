import { type ChildProcess, spawn } from 'node:child_process';

/** Reads pids line by line; when stdin ends, which it does also when its parent is killed, it ends them all. */
const SCRIPT = `
const { rmSync } = require('node:fs');
let pids = '';
process.stdin.on('data', (chunk) => { pids += chunk; });
process.stdin.on('end', () => {
  // SIGQUIT is PostgreSQL's "immediate" stop, which also ends its children; a JVM only prints its threads.
  for (const signal of ['SIGQUIT', 'SIGKILL'])
    for (const pid of pids.split(' ').filter(Boolean)) try { process.kill(Number(pid), signal); } catch {}
  rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});`;

/** Stops servers and deletes their data when we are killed: then nobody else would. */
export class Guard {
  private readonly child: ChildProcess;

  /** @param folder to delete with the servers */
  constructor(folder: string) {
    this.child = spawn(process.execPath, ['-e', SCRIPT, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Out of the terminal's group: a Ctrl-C must leave it to us to stop them politely.
      detached: true,
    });
    this.child.stdin?.on('error', () => undefined);
    this.child.unref();
  }

  watch(pid: number): void {
    this.child.stdin?.write(`${pid} `);
  }

  /** The servers have been stopped: nothing is left to guard, and their pids may soon be others'. */
  release(): void {
    this.child.kill('SIGKILL');
  }
}
