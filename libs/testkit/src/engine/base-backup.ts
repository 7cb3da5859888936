import { chown, cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { LocalPostgresOptions } from './local-postgres.js';

/** Not part of a backup: the running server's own, and what its WAL archive has. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'pg_stat_tmp']);

/**
 * A base backup of a running server by the low-level interface (the programs at hand have no pg_basebackup): its files, copied while
 * it writes, are put right by the WAL that its archive has of that time.
 * @param to a folder that does not exist
 */
export async function takeBaseBackup(url: string, { folder }: LocalPostgresOptions, to: string): Promise<void> {
  const data = join(folder, 'data');
  // One session: the server ends a backup whose session ends.
  const session = new Client({ connectionString: url });
  await session.connect();
  try {
    await session.query(`select pg_backup_start('test', fast => true)`);
    await mkdir(to, { mode: 0o700 });
    for (const name of await readdir(data)) {
      if (!LEFT_OUT.has(name)) await cp(join(data, name), join(to, name), { recursive: true });
    }
    const { rows } = await session.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)');
    await writeFile(join(to, 'backup_label'), rows[0]!.labelfile);
  } finally {
    await session.end();
  }
}

/** Where a restored server finds its WAL, and where it stops to read it. */
export interface RecoveryTarget {
  readonly archive: string;
  /** Of pg_create_restore_point(). */
  readonly restorePoint: string;
}

/** Puts a base backup in the place of a stopped server's data, to be recovered at its next start up to the restore point. */
export async function restoreBaseBackup(
  { folder }: LocalPostgresOptions,
  backup: string,
  { archive, restorePoint }: RecoveryTarget,
): Promise<void> {
  const data = join(folder, 'data');
  const { uid, gid } = await stat(folder);
  await rm(data, { recursive: true, force: true });
  await cp(backup, data, { recursive: true });
  for (const name of ['pg_wal', 'pg_replslot', 'pg_stat_tmp']) await mkdir(join(data, name), { recursive: true });
  await writeFile(join(data, 'recovery.signal'), '');
  const settings = {
    restore_command: `cp "${archive}/%f" "%p"`,
    recovery_target_name: restorePoint,
    recovery_target_action: 'promote',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await writeFile(join(data, 'postgresql.auto.conf'), lines.join(''));
  await giveTo(data, uid, gid);
}

async function giveTo(path: string, uid: number, gid: number): Promise<void> {
  await chown(path, uid, gid);
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  for (const entry of entries) await chown(join(entry.parentPath, entry.name), uid, gid);
}
