import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CertificateAuthority,
  freePort,
  Guard,
  isRoot,
  startLocalPostgres,
  type RunningPostgres,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from './listen.js';
import { createPool } from './pool.js';
import { createRoles } from './privileges/grant-statements.js';
import { runMigrations } from './run-migrations.js';

const authority = new CertificateAuthority();
let folder: string;
let guard: Guard;
let postgres: RunningPostgres;

async function ask(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool(url, 1);
  return pool
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => pool.end());
}

/** @param ca of whom the client believes the server's certificate */
async function urlOf(user: string, ca: string): Promise<string> {
  const url = new URL(postgres.url);
  const file = join(folder, `${user}-ca.pem`);
  await writeFile(file, ca);
  url.hostname = 'localhost';
  url.username = user;
  url.password = 'secret';
  url.search = `?sslmode=verify-full&sslrootcert=${file}`;
  return url.href;
}

beforeAll(async () => {
  folder = await mkdtemp(join(isRoot() ? '/var/tmp' : tmpdir(), 'claimwire-tls-'));
  await chmod(folder, 0o755);
  guard = new Guard(folder);
  const port = await freePort();
  const data = join(folder, 'postgres/data');
  const files = { folder: join(folder, 'postgres'), logFile: join(folder, 'postgres.log') };
  const options = { ...files, port, password: 'secret', database: 'claimwire_test', durable: false };
  postgres = await startLocalPostgres(options, { onSpawn: (pid) => guard.watch(pid) });
  await ask(postgres.url, createRoles());
  await runMigrations(postgres.url);
  await ask(postgres.url, `create user fanout_1 password 'secret' in role claimwire_fanout`);

  const { certificate, key } = authority.issue('postgres');
  const { uid, gid } = await stat(data);
  const serve = { 'server.crt': certificate, 'server.key': key, 'pg_hba.conf': 'hostssl all all all scram-sha-256\n' };
  for (const [name, content] of Object.entries(serve)) {
    await writeFile(join(data, name), content, { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  await ask(postgres.url, 'alter system set ssl = on');
  await ask(postgres.url, 'select pg_reload_conf()');
});

afterAll(async () => {
  await postgres?.stop();
  guard?.release();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('PostgreSQL over TLS', () => {
  it('is spoken to by an app that logs in with its own user, and listens too', async () => {
    const url = await urlOf('fanout_1', authority.certificate);
    const sql = 'select ssl, current_user as who from pg_stat_ssl where pid = pg_backend_pid()';
    await expect.poll(() => ask(url, sql).catch(String)).toEqual([{ ssl: true, who: 'fanout_1' }]);
    const heard: string[] = [];
    const listening = listen(url, 'configuration', (payload) => heard.push(payload));
    await expect.poll(() => listening.isConnected()).toBe(true);
    await ask(url, `notify configuration, 'webhooks'`);
    await expect.poll(() => heard).toContain('webhooks');
    await listening.stop();
    await expect(ask(url, 'update claims set version = 0')).rejects.toMatchObject({ code: '42501' });
  });

  it('is not spoken to where somebody else vouches for the server, or without TLS', async () => {
    const other = await urlOf('fanout_1', new CertificateAuthority('another').certificate);
    await expect(ask(other, 'select 1')).rejects.toThrow(/certificate|signature/);
    await expect(ask(postgres.url, 'select 1')).rejects.toMatchObject({ code: '28000' });
  });
});
