// @ts-check
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { step } from './progress.mjs';
import { Failure } from './run-cli.mjs';
import { runLogged, tail } from './run-command.mjs';
import { PINNED_NODE, ROOT } from './workspace.mjs';

const LOCK = join(ROOT, 'package-lock.json');
/** npm writes it last: without it an installation was cut short. */
const HIDDEN_LOCK = join(ROOT, 'node_modules', '.package-lock.json');
const STAMP = join(ROOT, 'node_modules', '.claimwire-install');
const PINNED_MAJOR = 'v24.';

const lockHash = () => createHash('sha256').update(readFileSync(LOCK)).digest('hex');

/**
 * @param {{ installed: boolean, stamp: string | null, lockHash: string, lockWrittenAt: number, installedAt: number }} state
 * stamp: the lock file's hash at our last installation, null where someone ran npm by hand; times in milliseconds
 */
export const isStale = ({ installed, stamp, lockHash, lockWrittenAt, installedAt }) => {
  if (!installed) return true;
  return stamp === null ? lockWrittenAt > installedAt : stamp !== lockHash;
};

/** Whether the packages of package-lock.json are yet to be installed. */
export const needsInstall = () => {
  const installed = existsSync(HIDDEN_LOCK);
  return isStale({
    installed,
    stamp: existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : null,
    lockHash: lockHash(),
    lockWrittenAt: statSync(LOCK).mtimeMs,
    installedAt: installed ? statSync(HIDDEN_LOCK).mtimeMs : 0,
  });
};

/** npm removes node_modules, and the Node in it, first: its scripts must find another one. */
const npmEnv = () => {
  const ours = join(ROOT, 'node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ours);
  return { ...process.env, PATH: path.join(delimiter) };
};

/** @returns {string | null} such as "v24.21.0", null when it does not run */
const pinnedNodeVersion = () => {
  try {
    return execFileSync(PINNED_NODE, ['-v'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
};

/** npm's package "node" fetches its program in an install script, which `--ignore-scripts` and the like leave out. */
const checkPinnedNode = () => {
  const version = pinnedNodeVersion();
  if (version?.startsWith(PINNED_MAJOR)) return;
  throw new Failure(
    `node_modules/.bin/node is ${version ?? 'missing'}, not Node 24: npm left out its install script. ` +
      'Run "npm config delete ignore-scripts", delete node_modules and try again.',
  );
};

/** Installs the locked packages unless they are there, and makes sure of Node 24. @throws {Failure} with npm's output */
export const installPackages = async () => {
  if (needsInstall()) {
    await step('Installing packages (npm ci, about a minute)', async () => {
      const { code, logFile } = await runLogged('npm-ci', 'npm', ['ci', '--no-audit', '--no-fund'], npmEnv());
      if (code !== 0) throw new Failure(`npm ci failed:\n${await tail(logFile)}`);
      writeFileSync(STAMP, lockHash());
    });
  }
  checkPinnedNode();
};
