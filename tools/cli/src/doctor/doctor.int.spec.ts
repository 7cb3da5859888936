import { randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { TENANT } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../../test/cli-bench.js';
import { runClaimwire } from '../../test/run-claimwire.js';
import { EXIT } from '../exit-codes.js';
import type { Finding } from './finding.js';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const RING = key('k1');
let bench: CliBench;

async function doctor(env: Record<string, string> = {}, ...args: string[]) {
  const { code, result } = await runClaimwire({ ...bench.env, ...env }, ['doctor', '--json', ...args]);
  const findings = new Map((result.findings as Finding[]).map((finding) => [finding.check, finding]));
  return { code, findings, of: (check: string) => findings.get(check)?.verdict };
}

beforeAll(async () => {
  bench = await CliBench.create({ CLAIMWIRE_KEYRING: RING });
});

afterAll(() => bench?.close());

describe('claimwire doctor', () => {
  it('finds a system that works, and has a remedy for everything that it warns of', async () => {
    const { code, findings, of } = await doctor({}, '--probe');
    expect([...findings.values()].filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(code).toBe(EXIT.ok);
    for (const check of [
      'kafka brokers',
      'kafka topics',
      'kafka permissions',
      'database',
      'schema',
      'audit log',
      'key ring',
    ]) {
      expect([check, of(check)]).toEqual([check, 'ok']);
    }
    for (const check of ['clock of the brokers', 'clock of the database']) expect(['ok', 'warn']).toContain(of(check));
    for (const { verdict, remedy } of findings.values()) expect(verdict === 'warn').toBe(remedy !== undefined);
    const probe = bench.handle.topic('claimwire.doctor');
    const listed = () => bench.handle.withAdmin((admin) => admin.listTopics());
    await expect.poll(async () => (await listed()).filter((name) => name.startsWith(probe))).toEqual([]);
  });

  it('fails in production what is a warning elsewhere', async () => {
    const { code, of } = await doctor({ NODE_ENV: 'production' });
    expect([code, of('kafka replicas'), of('database role')]).toEqual([EXIT.no, 'fail', 'fail']);
    expect((await doctor({}, '--strict')).code).toBe(EXIT.no);
  });

  it('knows whether DATABASE_DIRECT_URL leads to the same database, and to any at all', async () => {
    const check = 'database, direct';
    const databaseUrl = bench.env.DATABASE_URL!;
    const elsewhere = new URL(databaseUrl);
    elsewhere.pathname = '/postgres';
    const nowhere = new URL(databaseUrl);
    nowhere.port = '1';
    expect((await doctor()).of(check)).toBe('skip');
    expect((await doctor({ DATABASE_DIRECT_URL: databaseUrl })).of(check)).toBe('ok');
    expect((await doctor({ DATABASE_DIRECT_URL: elsewhere.href })).of(check)).toBe('fail');
    expect((await doctor({ DATABASE_DIRECT_URL: nowhere.href })).of(check)).toBe('fail');
  });

  it('fails where topics, the schema’s guard or a key are missing, and says what to do', async () => {
    const missing = await doctor({ KAFKA_TOPIC_PREFIX: 'nowhere.' });
    expect(missing.findings.get('kafka topics')).toMatchObject({
      verdict: 'fail',
      remedy: expect.stringContaining('topics plan') as string,
    });

    const sealed = Keyring.parse(RING).seal('x', {
      tenant: TENANT,
      table: 'credential_sets',
      row: 'crd_1',
      column: 'sealed',
    });
    await bench.pool.query(
      `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ('crd_1', $1, 'n', 'none', '{}', $2)`,
      [TENANT, sealed],
    );
    await bench.pool.query('alter table audit_log disable trigger append_only');
    const { of, findings } = await doctor({ CLAIMWIRE_KEYRING: key('k2') });
    expect([of('audit log'), of('sealed rows')]).toEqual(['fail', 'fail']);
    expect(findings.get('sealed rows')?.detail).toContain('"k1"');
    expect((await doctor({ CLAIMWIRE_KEYRING: key('k1') })).findings.get('sealed rows')?.verdict).toBe('fail');
    await bench.pool.query('alter table audit_log enable trigger append_only');
  });

  it('says of every store that it does not answer, and looks at the rest', async () => {
    const { code, of } = await doctor({ KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: 'postgres://x@127.0.0.1:1/x' });
    expect([code, of('kafka brokers'), of('database'), of('key ring'), of('egress')]).toEqual([
      EXIT.no,
      'fail',
      'fail',
      'ok',
      'ok',
    ]);
  });
});
