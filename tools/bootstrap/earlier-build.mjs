// @ts-check
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './cli-options.mjs';
import { Failure } from './run-cli.mjs';
import { runLogged, tail } from './run-command.mjs';
import { ROOT, toolEnv, VAR } from './workspace.mjs';

/** @param {string[]} args @returns {string | null} null where git fails */
const git = (args) => {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
};

/**
 * @param {string | null} ref null = the last tag
 * @returns {string} the commit
 * @throws {UsageError} when there is none of that name
 */
export const resolveRef = (ref) => {
  const name = ref ?? git(['describe', '--tags', '--abbrev=0']);
  if (!name) throw new UsageError('There is no tag here: name the version to upgrade from with --from.');
  const commit = git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  if (!commit) throw new UsageError(`--from: git knows no "${name}" here (a shallow clone? "git fetch --unshallow").`);
  return commit;
};

/** @param {string} root */
const lockOf = (root) => readFileSync(join(root, 'package-lock.json'), 'utf8');

/**
 * @param {string} root
 * @param {string} pattern of package.json's workspaces: a folder, or all in it
 */
const foldersOf = (root, pattern) => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent)).map((name) => join(parent, name));
};

/**
 * Our packages are its own, all others those that are installed here.
 * @param {string} root of the earlier checkout
 */
const linkPackages = (root) => {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '@claimwire'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === '@claimwire' || (name.startsWith('.') && name !== '.bin')) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  const { workspaces } = /** @type {{ workspaces: string[] }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  for (const folder of workspaces.flatMap((pattern) => foldersOf(root, pattern))) {
    const file = join(root, folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name } = /** @type {{ name: string }} */ (JSON.parse(readFileSync(file, 'utf8')));
    symlinkSync(join(root, folder), join(modules, name));
  }
};

/** @param {string} log @param {string} command @param {string[]} args @param {string} cwd @throws {Failure} */
const run = async (log, command, args, cwd) => {
  const { code, logFile } = await runLogged(log, command, args, { ...toolEnv(), NX_WORKSPACE_ROOT_PATH: cwd }, cwd);
  if (code !== 0) throw new Failure(`${command} ${args[0]} of the earlier version failed:\n${await tail(logFile)}`);
};

/**
 * Checks a commit out under var/upgrade and builds it; a second time it is there.
 * @param {string} commit
 * @returns {Promise<string>} its root
 */
export const earlierBuild = async (commit) => {
  const root = join(VAR, 'upgrade', commit.slice(0, 12));
  const done = join(root, '.built');
  if (existsSync(done)) return root;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', root], { input: archive });
  if (lockOf(root) === lockOf(ROOT)) linkPackages(root);
  else await run('upgrade-install', 'npm', ['ci', '--no-audit', '--no-fund'], root);
  await run('upgrade-build', 'nx', ['run-many', '-t', 'build', '--outputStyle=static'], root);
  writeFileSync(done, '');
  return root;
};
