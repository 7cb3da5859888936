import { encodeHeaders, rawTopic } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DriftRecorder } from './drift-recorder.js';
import { SchemaDrift } from './schema-drift.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await pool.query('delete from schema_drift');
});

const message = (body: unknown, type = 'cair.CLAIM_STATUS_CHANGE'): BatchMessage => ({
  key: null,
  value: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  headers: encodeHeaders({
    id: 'raw_1',
    source: '/ingress/cair',
    type,
    time: '2025-03-11T14:00:00.000Z',
    tenant: 'acme',
    connection: 'con_1',
    contentType: 'application/json',
  }),
  offset: 0n,
  timestamp: 0,
});
const observe = (drift: SchemaDrift, ...bodies: unknown[]) =>
  bodies.forEach((body) => drift.observe(rawTopic('cair'), message(body)));
const stored = async () =>
  (await pool.query<{ path: string }>('select provider, path, kind, count::int from schema_drift order by path, kind'))
    .rows;

describe('schema drift', () => {
  it('is counted by provider and path, added to what is stored, and holds no value', async () => {
    const drift = new SchemaDrift();
    const logger = { warn: vi.fn() };
    const recorder = new DriftRecorder(pool, drift, logger);
    observe(drift, { claimFhirId: '1', newStatus: 'Ada Obi', region: 'Lagos' }, { region: 'Accra' });
    await recorder.flush();
    observe(drift, { region: 'Ada Obi', 'ada@example.com': 1 }, 'not json', '[]');
    await recorder.flush();
    expect(await stored()).toEqual([
      { provider: 'cair', path: '*', kind: 'field', count: 1 },
      { provider: 'cair', path: 'newStatus', kind: 'word', count: 1 },
      { provider: 'cair', path: 'region', kind: 'field', count: 3 },
    ]);
    const { rows } = await pool.query<{ text: string }>('select schema_drift::text as text from schema_drift');
    expect(JSON.stringify(rows)).not.toMatch(/Ada|ada|Lagos|Accra/);
  });

  it('is not looked for in what has no description', () => {
    const drift = new SchemaDrift();
    drift.observe(rawTopic('cair'), message({ other: 1 }, 'cair.CLAIMS_REMIT_ALL'));
    drift.observe(rawTopic('unheard-of'), message({ other: 1 }));
    expect(drift.take()).toEqual([]);
  });

  it('is estimated from a sample where a type comes often', () => {
    let drawn = 0;
    const drift = new SchemaDrift(() => (drawn++ % 32) / 32);
    const body = { region: 1 };
    for (let sent = 0; sent < 1_000; sent++) observe(drift, body);
    expect(drift.take()).toMatchObject([{ path: 'region', count: 1_000 }]);
    expect(drawn).toBe(0);
    for (let sent = 0; sent < 160; sent++) observe(drift, body);
    // Two of 32 are drawn, and each stands for sixteen.
    expect(drift.take()).toMatchObject([{ path: 'region', count: 160 }]);
    // Another type is looked at in full again.
    for (let sent = 0; sent < 3; sent++)
      drift.observe(rawTopic('stedi'), message({ colour: 1 }, 'stedi.file.failed.v2'));
    expect(drift.take()).toMatchObject([{ provider: 'stedi', path: 'colour', count: 3 }]);
  });

  it('is not lost while the database is away', async () => {
    const drift = new SchemaDrift();
    const away = createPool(database.url.replace(/\/[^/]*$/, '/there_is_no_such_database'), 1);
    const logger = { warn: vi.fn() };
    observe(drift, { region: 1 });
    await new DriftRecorder(away, drift, logger).flush();
    expect(logger.warn).toHaveBeenCalledOnce();
    observe(drift, { region: 1 });
    await new DriftRecorder(pool, drift, logger).flush();
    expect(await stored()).toEqual([{ provider: 'cair', path: 'region', kind: 'field', count: 2 }]);
    await away.end();
  });

  it('is bounded per provider, in memory and in the table', async () => {
    const drift = new SchemaDrift(() => 0);
    const recorder = new DriftRecorder(pool, drift, { warn: vi.fn() });
    const named = (first: number) =>
      Array.from({ length: 800 }, (_, index) => ({
        [`x${'ab'.repeat(1 + (Math.floor((first + index) / 100) % 18))}_${(first + index) % 100}`]: 1,
      }));
    for (const first of [0, 800, 1_600]) {
      observe(drift, ...named(first));
      expect(drift.take().length).toBeLessThanOrEqual(1_001);
      observe(drift, ...named(first));
      await recorder.flush();
    }
    const rows = await stored();
    // the first flush may go beyond the bound by what is in memory at most
    expect(rows.length).toBeLessThanOrEqual(1_001);
    expect(rows.find(({ path }) => path === '*')).toBeDefined();
  });
});
