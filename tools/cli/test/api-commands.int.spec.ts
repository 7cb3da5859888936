import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../../apps/api/test/own-api.js';
import { seedEvent } from '../../../apps/api/test/seed-claims.js';
import { EXIT } from '../src/exit-codes.js';
import { runClaimwire } from './run-claimwire.js';

const folder = mkdtempSync(join(tmpdir(), 'claimwire-api-commands-'));
let own: OwnApi;
let key: string;
let webhook: string;

const claimwire = (...args: string[]) =>
  runClaimwire({ CLAIMWIRE_API_URL: own.api.url, CLAIMWIRE_API_KEY: key }, [...args, '--json']);

beforeAll(async () => {
  own = await startOwnApi();
  key = await own.api.createTenant('acme');
  const post = async (path: string, body: object) => (await own.api.call('POST', `/v1${path}`, { key, body })).body;
  const credentialSetId = (await post('/credential-sets', { name: 'n', type: 'none' })).id;
  const to = { name: 'w', method: 'POST', url: 'https://pms.example.com/x', credentialSetId, concurrency: 1 };
  webhook = (await post('/webhooks', { ...to, bindings: [{ eventType: '*' }] })).id;
  await seedEvent(own.pool, { tenant: 'acme', claimId: '1', version: 1, occurredAt: new Date().toISOString() });
  for (const [offset, id] of ['a', 'b', 'c'].entries()) {
    await own.pool.query(
      `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, topic, partition, "offset",
         received_at, expires_at)
       values ($1, 'acme', 'con_1', $1, 'x', 'unknown_error', 'normalise', 'q', 0, $2, '2026-01-01', now() + interval '9 days')`,
      [id, offset],
    );
  }
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await own?.close();
});

describe('claimwire quarantine', () => {
  it('lists and shows what is there', async () => {
    const { code, result } = await claimwire(
      'quarantine',
      'list',
      '--why',
      'unknown_error',
      '--since',
      '2025-12-31T00:00:00Z',
    );
    expect([code, (result.items as { id: string }[]).map(({ id }) => id)]).toEqual([EXIT.ok, ['a', 'b', 'c']]);
    expect((await claimwire('quarantine', 'show', '--id', 'a')).result).toMatchObject({ id: 'a', status: 'open' });
    expect((await claimwire('quarantine', 'show', '--id', 'z')).code).toBe(EXIT.no);
  });

  it('discards by id and by filter, with the reason in the audit log, and says what it left out', async () => {
    const one = await claimwire('quarantine', 'discard', '--id', 'a', '--id', 'z', '--reason', 'a test', '--yes');
    expect(one).toMatchObject({
      code: EXIT.no,
      result: { settled: 1, skipped: [{ id: 'z', reason: 'not_found' }], remaining: 0 },
    });
    const rest = await claimwire('quarantine', 'discard', '--all', '--why', 'unknown_error', '--reason', 'b', '--yes');
    expect(rest).toMatchObject({ code: EXIT.ok, result: { settled: 2, skipped: [] } });
    const { body } = await own.api.call('GET', '/v1/audit-log?action=quarantine.discarded', { key });
    expect(body.data).toMatchObject([{ detail: { reason: 'b' } }, { detail: { reason: 'a test' } }]);
  });

  it.each([
    [['discard', '--all', '--yes']],
    [['retry', '--yes']],
    [['retry', '--id', 'a', '--all', '--yes']],
    [['retry', '--id', 'a']],
    [['burn']],
  ])('refuses %j', async (args) => {
    expect((await claimwire('quarantine', ...args)).code).toBe(EXIT.usage);
  });
});

describe('claimwire replay', () => {
  it('starts one, says how far it is, and ends it', async () => {
    const created = await claimwire('replay', 'create', '--webhook', webhook, '--since', '24h', '--rate', '5', '--yes');
    expect(created).toMatchObject({ code: EXIT.ok, result: { kind: 'window', state: 'running', ratePerSecond: 5 } });
    const id = String(created.result.replayId);
    expect((await claimwire('replay', 'status', '--webhook', webhook)).result.replays).toMatchObject([
      { replayId: id },
    ]);
    const cancelled = await claimwire('replay', 'cancel', '--webhook', webhook, '--id', id, '--yes');
    expect(cancelled.result.state).toBe('cancelled');
    expect((await claimwire('replay', 'status', '--webhook', webhook, '--id', id, '--wait')).result.state).toBe(
      'cancelled',
    );
    expect((await claimwire('replay', 'cancel', '--webhook', webhook, '--id', id, '--yes')).code).toBe(EXIT.no);
  });
});

describe('claimwire audit export', () => {
  it('prints entries one per line, or writes them to a file of one’s own', async () => {
    const { code, printed } = await claimwire('audit', 'export', '--since', '1h', '--action', 'quarantine.discarded');
    expect([code, printed.length]).toEqual([EXIT.ok, 2]);
    const out = join(folder, 'audit.ndjson');
    expect((await claimwire('audit', 'export', '--out', out)).code).toBe(EXIT.ok);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, 'utf8').trim().split('\n').length).toBeGreaterThan(4);
    expect((await claimwire('audit', 'export', '--out', out)).code).toBe(EXIT.usage);
  });
});

describe('access', () => {
  it('that the API refuses, does not answer or that nobody gave has an exit code each, and no key is shown', async () => {
    const wrong = `cw_live_${'0'.repeat(48)}`;
    const list = (env: Record<string, string>) => runClaimwire(env, ['quarantine', 'list']);
    const refused = await list({ CLAIMWIRE_API_URL: own.api.url, CLAIMWIRE_API_KEY: wrong });
    expect(refused.code).toBe(EXIT.denied);
    expect(refused.said).not.toContain(wrong);
    expect((await list({ CLAIMWIRE_API_URL: 'http://127.0.0.1:1', CLAIMWIRE_API_KEY: wrong })).code).toBe(
      EXIT.unavailable,
    );
    expect((await list({ CLAIMWIRE_API_URL: own.api.url })).code).toBe(EXIT.settings);
  });
});
