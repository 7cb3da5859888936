import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { RunningPostgres } from '../engine/engine.js';
import { freePort } from '../engine/free-ports.js';
import { Guard } from '../engine/guard.js';
import { startLocalPostgres } from '../engine/local-postgres.js';

const DISK_MIB = 192;
const SIZES = [1024 * 1024, 4096];
const FILLER = 'filler';
const DATABASE = 'claimwire_test';

const mount = (folder: string): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=755`, 'claimwire-test', folder], {
    stdio: 'ignore',
  });
};
/** Also while a file of it is open: it is gone when the last one is closed. */
const unmount = (folder: string): void => {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
};

/** A PostgreSQL server of one test's own on a disk that the test can really fill, and make room on again. */
export class SmallDiskPostgres {
  private constructor(
    private readonly folder: string,
    private readonly disk: string,
    private readonly guard: Guard,
    private readonly server: RunningPostgres,
  ) {}

  /** Without its tables. @returns null where this account may not mount a file system, and says so */
  static async start(): Promise<SmallDiskPostgres | null> {
    const folder = await mkdtemp('/var/tmp/claimwire-disk-');
    chmodSync(folder, 0o755);
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      mount(disk);
    } catch {
      console.warn('SKIPPED: this test fills a disk of its own, which it mounts: that needs root on Linux.');
      await rm(folder, { recursive: true, force: true });
      return null;
    }
    const guard = new Guard(folder);
    try {
      const port = await freePort();
      const server = await startLocalPostgres(
        {
          ...{ folder: join(disk, 'postgres'), port, password: 'test', database: DATABASE },
          ...{ logFile: join(folder, 'postgres.log'), durable: false },
        },
        { onSpawn: (pid) => guard.watch(pid) },
      );
      return new SmallDiskPostgres(folder, disk, guard, server);
    } catch (error) {
      unmount(disk);
      throw error;
    }
  }

  get url(): string {
    return this.server.url;
  }

  /**
   * Nothing can grow any more. A segment of the log ahead is made before: without room for the next one PostgreSQL does not
   * fail a transaction but ends, and that is another test's.
   */
  async fill(): Promise<void> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    await client.query('select pg_switch_wal()');
    await client.query('create table before_the_disk_was_full ()');
    await client.end();
    for (const size of SIZES) this.writeUntilFull(Buffer.alloc(size));
  }

  makeRoom(): void {
    rmSync(join(this.disk, FILLER), { force: true });
  }

  async stop(): Promise<void> {
    this.makeRoom();
    await this.server.stop();
    unmount(this.disk);
    this.guard.release();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private writeUntilFull(piece: Buffer): void {
    try {
      for (;;) appendFileSync(join(this.disk, FILLER), piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
