import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runClaimwire } from '../../test/run-claimwire.js';
import { EXIT } from '../exit-codes.js';
import { bootstrapPlatform } from './bootstrap-platform.js';
import { keyFile } from './key-file.js';
import { inCluster, kubernetesSecret } from './kubernetes-secret.js';

const folder = mkdtempSync(join(tmpdir(), 'claimwire-bootstrap-'));
const file = (name: string) => join(folder, name);
let database: TestDatabase;
let pool: Pool;

const bootstrap = (...args: string[]) =>
  runClaimwire({ DATABASE_URL: database.url, KAFKA_BROKERS: '127.0.0.1:1' }, ['bootstrap', ...args]);
const keys = async () =>
  (
    await pool.query<{ id: string; hash: Buffer; revoked: boolean; hours: number }>(
      `select id, hash, revoked_at is not null as revoked, round(extract(epoch from expires_at - now()) / 3600)::int as hours
       from api_keys where scope = 'platform-admin' order by created_at`,
    )
  ).rows;
const audited = async () =>
  (await pool.query<{ action: string }>('select action from audit_log order by id')).rows.map(({ action }) => action);

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
});

beforeEach(() => pool.query('truncate api_keys, platform_bootstrap'));

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pool?.end();
  await database?.drop();
});

describe('claimwire bootstrap', () => {
  it('makes a platform-admin key for 24 hours, in a file of one’s own and nowhere else', async () => {
    const { code, printed, said } = await bootstrap('--key-file', file('first'));
    expect(code).toBe(EXIT.ok);
    const key = readFileSync(file('first'), 'utf8').trim();
    expect(statSync(file('first')).mode & 0o777).toBe(0o600);
    const [row, ...others] = await keys();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ hash: createHash('sha256').update(key).digest(), revoked: false, hours: 24 });
    expect([...printed, said].join()).not.toContain(key.slice(8));
    expect((await audited()).at(-1)).toBe('platform.bootstrapped');
  });

  it('refuses a second run, and makes another key only where that is forced, which ends the first', async () => {
    await bootstrap('--key-file', file('a'));
    expect((await bootstrap('--key-file', file('b'))).code).toBe(EXIT.no);
    expect((await bootstrap('--key-file', file('b'), '--if-needed')).code).toBe(EXIT.ok);
    expect([existsSync(file('b')), (await keys()).length]).toEqual([false, 1]);
    expect((await bootstrap('--key-file', file('b'), '--force-new')).code).toBe(EXIT.ok);
    expect((await keys()).map(({ revoked }) => revoked)).toEqual([true, false]);
    expect((await audited()).slice(-2)).toEqual(['api_key.revoked', 'platform.bootstrapped']);
  });

  it('makes one key where many run at once', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map((n) => bootstrap('--key-file', file(`at-once-${n}`))));
    expect(runs.map(({ code }) => code).sort()).toEqual([EXIT.ok, EXIT.no, EXIT.no, EXIT.no]);
    expect(await keys()).toHaveLength(1);
  });

  it('writes over no file, and leaves nothing behind where the key could not be kept', async () => {
    writeFileSync(file('there'), 'mine');
    expect((await bootstrap('--key-file', file('there'))).code).toBe(EXIT.usage);
    expect(readFileSync(file('there'), 'utf8')).toBe('mine');
    expect(await keys()).toEqual([]);
    expect((await bootstrap('--key-file', file('later'))).code).toBe(EXIT.ok);
  });

  it('takes the key back where the database could not keep it', async () => {
    const place = keyFile(file('taken-back'));
    const failing = {
      ...place,
      write: async (key: string) => {
        await place.write(key);
        await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and state = 'idle in transaction'`);
      },
    };
    await expect(bootstrapPlatform(pool, failing, { forceNew: false })).rejects.toThrow();
    expect(existsSync(file('taken-back'))).toBe(false);
    expect(await keys()).toEqual([]);
  });

  it.each([[[]], [['--key-file', 'a', '--kubernetes-secret', 'b']], [['--key-file', 'a', '--namespace', 'n']]])(
    'refuses %j',
    async (args) => {
      expect((await bootstrap(...args)).code).toBe(EXIT.usage);
    },
  );

  it('says that it is in no pod', async () => {
    expect((await bootstrap('--kubernetes-secret', 'first-key')).code).toBe(EXIT.settings);
  });
});

describe('a Secret of Kubernetes', () => {
  let server: Server;
  let calls: { line: string; authorization?: string; body: unknown }[];
  let statuses: number[];
  const access = () => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'of-the-pod',
    namespace: 'claims',
  });

  beforeEach(async () => {
    [calls, statuses] = [[], []];
    server = createServer((request, response) => {
      void json(request)
        .catch(() => null)
        .then((body) => {
          calls.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body });
          response.writeHead(statuses.shift() ?? 201).end('{}');
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return () => new Promise((resolve) => server.close(resolve));
  });

  it('is made with the pod’s own token, and holds the key', async () => {
    const place = kubernetesSecret(access(), { name: 'first-key', replace: false });
    await bootstrapPlatform(pool, place, { forceNew: false });
    const [call, ...others] = calls;
    expect(others).toEqual([]);
    expect(call).toMatchObject({ line: 'POST /api/v1/namespaces/claims/secrets', authorization: 'Bearer of-the-pod' });
    const { data, metadata } = call?.body as { data: Record<string, string>; metadata: object };
    expect(metadata).toMatchObject({ name: 'first-key' });
    const hash = createHash('sha256').update(Buffer.from(data['api-key']!, 'base64')).digest();
    expect((await keys()).map((key) => key.hash)).toEqual([hash]);
  });

  it('that is there already is replaced only where that is forced', async () => {
    statuses = [409];
    const kept = kubernetesSecret(access(), { name: 'first-key', replace: false });
    await expect(bootstrapPlatform(pool, kept, { forceNew: false })).rejects.toThrow(/answers 409/);
    expect(await keys()).toEqual([]);
    statuses = [409, 200];
    const replaced = kubernetesSecret(access(), { name: 'first-key', namespace: 'other', replace: true });
    await bootstrapPlatform(pool, replaced, { forceNew: true });
    expect(calls.at(-1)?.line).toBe('PUT /api/v1/namespaces/other/secrets/first-key');
  });

  it('is reached as every pod reaches its cluster', () => {
    for (const name of ['token', 'ca.crt', 'namespace']) writeFileSync(file(name), `${name}\n`);
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    expect(inCluster(env, folder)).toEqual({
      url: 'https://[fd00::1]:6443',
      token: 'token',
      ca: 'ca.crt',
      namespace: 'namespace',
    });
  });
});
