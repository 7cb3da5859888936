import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { promisify } from 'node:util';

/** Whose process the database server is; PostgreSQL refuses to be root's. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** On Debian and most others both exist; "nobody" does everywhere. Accounts are never made: the machine is not ours. */
const CANDIDATES = ['postgres', 'nobody'];

const idOf = async (kind: '-u' | '-g', name: string): Promise<number> =>
  Number((await promisify(execFile)('id', [kind, name])).stdout);

const lookUp = async (name: string): Promise<PostgresUser | undefined> => {
  try {
    return { uid: await idOf('-u', name), gid: await idOf('-g', name) };
  } catch {
    return undefined;
  }
};

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The account to run PostgreSQL as: undefined (ourselves) unless we are root. The owner of a data folder that exists
 * already stays its owner, since the server accepts no other.
 * @throws when we are root and there is no other account
 */
export const postgresUser = async (dataFolder: string): Promise<PostgresUser | undefined> => {
  if (!isRoot()) return undefined;
  if (existsSync(dataFolder)) {
    const { uid, gid } = statSync(dataFolder);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of CANDIDATES) {
    const user = await lookUp(name);
    if (user) return user;
  }
  throw new Error('PostgreSQL cannot run as root, and there is no account "postgres" or "nobody" to run it as.');
};
