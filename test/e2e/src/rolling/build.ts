import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A built checkout. */
export interface Build {
  root: string;
  /** Whether a replica that stops still answers until balancers have noticed: earlier versions need to be taken out before. */
  drains: boolean;
}

export async function buildAt(root: string): Promise<Build> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'apps/api/dist/main.js'), '--help']);
  return { root, drains: stdout.includes('SHUTDOWN_DRAIN_MS') };
}
