import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, DatabaseError } from 'pg';
import type { RunningPostgres } from './engine.js';
import { postgresBinaries } from './postgres-binaries.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';
import { type Launch, ServerProcess } from './server-process.js';

export interface LocalPostgresOptions {
  /** Holds the data; found again at the next start. When we are root it becomes another account's, which must reach it. */
  readonly folder: string;
  readonly port: number;
  /** Of the superuser `postgres`, set when the folder is first filled. */
  readonly password: string;
  readonly database: string;
  readonly logFile: string;
  /** false only for data that is thrown away: then a crash of the machine may lose it. */
  readonly durable: boolean;
}

const READY_DEADLINE_MS = 60_000;
const INITDB = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
const COLLATION = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
const NOT_DURABLE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

export const postgresUrl = (port: number, password: string, database: string): string =>
  `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

const prepareFolder = async (folder: string, user: PostgresUser | undefined): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
};

const initialise = async (
  binaries: string,
  options: LocalPostgresOptions,
  user: PostgresUser | undefined,
): Promise<void> => {
  const passwordFile = join(options.folder, 'initial-password');
  const data = join(options.folder, 'data');
  await rm(data, { recursive: true, force: true });
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  try {
    const args = [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...INITDB, ...COLLATION];
    await promisify(execFile)(join(binaries, 'bin/initdb'), args, { cwd: options.folder, ...user });
    await writeFile(join(options.folder, INITIALISED), '');
  } finally {
    await rm(passwordFile, { force: true });
  }
};

/** Written last: a folder that a crash left half filled is filled anew. */
const INITIALISED = 'initialised';

const queryOnce = async (url: string, statement: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
};

/** Whether the server takes connections and answers; false also while it recovers. */
export const postgresAnswers = async (url: string): Promise<boolean> =>
  queryOnce(url, 'select 1').then(
    () => true,
    () => false,
  );

/** invalid_password: the server is up, and waiting does not help. */
const WRONG_PASSWORD = '28P01';

/** As `postgresAnswers`. @throws when the folder's data were made with another password */
const takesConnections = async ({ folder, port, password }: LocalPostgresOptions): Promise<boolean> =>
  queryOnce(postgresUrl(port, password, 'postgres'), 'select 1').then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof DatabaseError) || error.code !== WRONG_PASSWORD) return false;
      const whose = `The PostgreSQL data in ${folder} have another password: an earlier checkout at this path left them.`;
      throw new Error(`${whose} "npm run reset" deletes them.`);
    },
  );

/** Creates the database `name` unless it is there; `url` names any database of the server. */
export const ensureDatabase = async (url: string, name: string): Promise<void> => {
  const rows = await queryOnce(url, `select 1 from pg_database where datname = '${name.replaceAll("'", "''")}'`);
  if (rows.length === 0) await queryOnce(url, `create database "${name.replaceAll('"', '""')}"`);
};

/** Starts a PostgreSQL server as a process of ours, on 127.0.0.1 only. @throws when it does not come up */
export const startLocalPostgres = async (
  options: LocalPostgresOptions,
  launch: Launch = {},
): Promise<RunningPostgres> => {
  const { folder, port, password, database } = options;
  const user = await postgresUser(folder);
  const binaries = await postgresBinaries();
  await prepareFolder(folder, user);
  if (!existsSync(join(folder, INITIALISED))) await initialise(binaries, options, user);
  const server = new ServerProcess(
    {
      name: 'PostgreSQL',
      command: join(binaries, 'bin/postgres'),
      args: [
        ...['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), '-k', ''],
        ...['-c', 'max_connections=300', '-c', 'shared_buffers=128MB'],
        ...(options.durable ? [] : NOT_DURABLE),
      ],
      cwd: folder,
      logFile: options.logFile,
      // "Fast": running transactions are rolled back, and a checkpoint is written.
      stopSignal: 'SIGINT',
      ...user,
    },
    launch,
  );
  const maintenance = postgresUrl(port, password, 'postgres');
  await server.ready(() => takesConnections(options), READY_DEADLINE_MS);
  await ensureDatabase(maintenance, database);
  const url = postgresUrl(port, password, database);
  return { url, pid: server.pid, ended: server.ended, stop: () => server.stop() };
};
