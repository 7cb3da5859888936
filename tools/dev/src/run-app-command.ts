import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from './bootstrap-modules.js';
import type { DevPaths } from './dev-paths.js';

const DEADLINE_MS = 120_000;

/**
 * Runs a command of the API app to its end, for example its "migrate"; its output is in var/log/<command>.log.
 * @throws {Failure} with what it printed
 */
export const runAppCommand = async (
  command: 'migrate' | 'topics',
  paths: DevPaths,
  env: Readonly<Record<string, string>>,
): Promise<void> => {
  const file = join(paths.root, 'apps/api/dist', `${command}.js`);
  const options = { cwd: paths.root, timeout: DEADLINE_MS, env: { PATH: process.env.PATH, ...env } };
  const logFile = join(paths.logFolder, `${command}.log`);
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--enable-source-maps', file], options);
    writeFileSync(logFile, stdout + stderr);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    writeFileSync(logFile, stdout + stderr);
    throw new Failure(`${command} failed:\n${(stdout + stderr).trim() || String(error)}`);
  }
};
