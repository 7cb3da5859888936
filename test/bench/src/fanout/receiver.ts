import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../machine/service-process.js';

export interface ReceiverStats {
  requests: number;
  /** Different webhook-ids among them. */
  distinct: number;
}

/** Built by Go where there is one: the receiver shares the machine with what is measured. */
async function command(folder: string): Promise<readonly [string, readonly string[], 'Go' | 'Node']> {
  const binary = join(folder, 'receiver');
  try {
    await promisify(execFile)('go', ['build', '-o', binary, '.'], { cwd: join(ROOT, 'test/bench/receiver') });
    return [binary, [], 'Go'];
  } catch {
    return [process.execPath, [join(import.meta.dirname, 'node-receiver.js')], 'Node'];
  }
}

/** A fast HTTP server in a process of its own that stands for a practice-management system. */
export class Receiver {
  private constructor(
    private readonly child: ChildProcess,
    readonly origin: string,
    readonly madeBy: 'Go' | 'Node',
  ) {}

  static async start(): Promise<Receiver> {
    const folder = await mkdtemp(join(tmpdir(), 'claimwire-bench-'));
    const [file, args, madeBy] = await command(folder);
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    // It runs, and needs its file no more.
    await rm(folder, { recursive: true, force: true });
    return new Receiver(child, `http://127.0.0.1:${line.toString().trim()}`, madeBy);
  }

  async reset(): Promise<void> {
    await (await fetch(`${this.origin}/reset`)).arrayBuffer();
  }

  async stats(): Promise<ReceiverStats> {
    return (await fetch(`${this.origin}/stats`)).json() as Promise<ReceiverStats>;
  }

  /** By `<path> <webhook-id>`: when it came first, in milliseconds since 1970 with fractions. */
  async arrivals(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.origin}/arrivals`)).text();
    const lines = text.split('\n').filter((line) => line !== '');
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1)) / 1000] as const;
      }),
    );
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
