import { randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { createPool, ErasureLedger, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { insertConnection, TENANT } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClaimwire } from '../../test/run-claimwire.js';
import { EXIT } from '../exit-codes.js';
import { SEALED_COLUMNS } from './sealed-columns.js';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [key('old'), key('the-new-one')];
/** Before the rotation, while it is made, and after it. */
const before = Keyring.parse(OLD);
const during = Keyring.parse(`${NEW},${OLD}`);
const after = Keyring.parse(NEW);
const ROWS = 40;

let database: TestDatabase;
let pool: Pool;

const keys = (ring: string, ...args: string[]) =>
  runClaimwire({ DATABASE_URL: database.url, CLAIMWIRE_KEYRING: ring, KAFKA_BROKERS: '127.0.0.1:1' }, [
    'keys',
    ...args,
  ]);
const place = (table: string, row: string, column = 'sealed') => ({ tenant: TENANT, table, row, column });
const seal = (table: string, row: string, column?: string, text = `secret of ${row}`) =>
  before.seal(text, place(table, row, column));

/** A row of everything that is sealed, as the apps would have written it before. */
async function seed(n: number): Promise<void> {
  const id = (kind: string) => `${kind}_n${n}`;
  const insert = (sql: string, values: unknown[]) => pool.query(sql, values);
  await insert(
    `insert into connections (id, tenant_id, provider, name, auth, settings, sealed) values ($1, $2, 'cair', 'n', '{}', '{}', $3)`,
    [id('con'), TENANT, seal('connections', id('con'))],
  );
  await insert('insert into connection_tokens (token_hash, connection_id, sealed) values ($1, $2, $3)', [
    randomBytes(32),
    id('con'),
    seal('connection_tokens', id('con')),
  ]);
  await insert(
    `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ($1, $2, 'n', 'none', '{}', $3)`,
    [id('crd'), TENANT, seal('credential_sets', id('crd'))],
  );
  await insert(
    `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy, ordering,
       signing, signing_sealed, payload)
     values ($1, $2, 'w', 'POST', 'https://x.test', $3, 1, 5000, '{}', 'per_claim', '{}', $4, 'full')`,
    [id('wh'), TENANT, id('crd'), seal('webhooks', id('wh'), 'signing_sealed')],
  );
  await insert(
    `insert into signing_keys (kid, tenant_id, public_jwk, sealed, signs_from) values ($1, $2, '{}', $3, now())`,
    [id('kid'), TENANT, seal('signing_keys', id('kid'))],
  );
  await insert(
    'insert into idempotency_keys (tenant_id, key, request_hash, status, sealed) values ($1, $2, $3, 201, $4)',
    [TENANT, id('idem'), randomBytes(32), seal('idempotency_keys', id('idem'))],
  );
  const spooled = seal('ingress_spool', id('ce'));
  await insert('insert into ingress_spool (tenant_id, ce_id, topic, sealed) values ($1, $2, $3, $4)', [
    TENANT,
    id('ce'),
    'claims.raw.cair.v1',
    spooled,
  ]);
  await insert('update ingress_spool_usage set rows = rows + 1, bytes = bytes + $1', [spooled.length]);
  await insert(
    `insert into stedi_jobs (tenant_id, transaction_id, connection_id, origin, event, headers, sealed, requests)
     values ($1, $2, 'con_1', 'webhook', '{}', '{}', $3, 1)`,
    [TENANT, id('txn'), seal('stedi_jobs', id('txn'))],
  );
}

/** Every sealed text, by place. @throws SealError where the ring does not open one */
async function openAll(ring: Keyring): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { table, column, tenant, row, join = '' } of SEALED_COLUMNS) {
    const { rows } = await pool.query<{ tenant: string; row: string; sealed: Buffer }>(
      `select ${tenant} as tenant, ${row} as row, t.${column} as sealed from ${table} t ${join} where octet_length(t.${column}) > 0`,
    );
    for (const { sealed, ...at } of rows) {
      texts.set(`${table}/${at.row}`, ring.open(sealed, { ...at, table, column }));
    }
  }
  return texts;
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 6);
  await insertConnection(pool);
  for (let n = 0; n < ROWS; n++) await seed(n);
  await new ErasureLedger(before).add(pool, TENANT, 'demo/cair/erased');
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('claimwire keys', () => {
  it('knows every sealed column of the schema', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and data_type = 'bytea' and column_name ~ 'sealed'`,
    );
    expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      rows.map(({ name }) => name).sort(),
    );
  });

  it('lists what is sealed with which key, and what no key of the ring opens', async () => {
    const { code, result } = await keys(`${NEW},${OLD}`, 'list', '--json');
    expect(code).toBe(EXIT.ok);
    expect(result.keys).toMatchObject([
      { keyId: 'the-new-one', total: 0, verdict: 'active' },
      { keyId: 'old', total: ROWS * 8 + 1, verdict: 'in use', rows: { webhooks: ROWS, stedi_jobs: ROWS } },
    ]);
    expect(await keys(NEW, 'list', '--json')).toMatchObject({
      code: EXIT.no,
      result: { keys: [{ verdict: 'active' }, { keyId: 'old', verdict: 'missing' }] },
    });
  });

  it('seals everything anew while apps read and write, and loses no write', async () => {
    const written = new Map<string, string>();
    let going = true;
    const writer = async (ring: Keyring, offset: number) => {
      for (let turn = 0; going || turn < 60; turn++) {
        const row = `con_n${(turn * 2 + offset) % ROWS}`;
        const text = `written ${turn} by ${ring.keyIds[0]}`;
        await pool.query('update connections set sealed = $2 where id = $1', [
          row,
          ring.seal(text, place('connections', row)),
        ]);
        written.set(`connections/${row}`, text);
      }
    };
    const reader = async () => {
      let reads = 0;
      for (; going || reads < 5; reads++) await openAll(during);
      return reads;
    };
    // One app was not restarted yet: it still seals with the old key, and opens with both.
    const apps = [writer(during, 0), writer(Keyring.parse(`${OLD},${NEW}`), 1), reader()];
    const first = await keys(`${NEW},${OLD}`, 'rotate', '--json');
    expect(first.code).toBe(EXIT.ok);
    expect(first.result.rotated).toBeGreaterThanOrEqual(ROWS * 7);
    going = false;
    await Promise.all(apps);

    const second = await keys(`${NEW},${OLD}`, 'rotate', '--json');
    expect(second).toMatchObject({
      code: EXIT.ok,
      result: { unreadable: {}, keys: [{ verdict: 'active' }, { keyId: 'old', total: 0, verdict: 'removable' }] },
    });
    const texts = await openAll(after);
    expect(texts.get('webhooks/wh_n7')).toBe('secret of wh_n7');
    for (const [at, text] of written) expect([at, texts.get(at)]).toEqual([at, text]);
    expect(await keys(NEW, 'list')).toMatchObject({ code: EXIT.ok });
  });

  it('leaves the spool’s books and the ledger of erasures right without the old key', async () => {
    const { rows } = await pool.query<{ same: boolean }>(
      `select bytes = (select sum(octet_length(sealed)) from ingress_spool) as same from ingress_spool_usage`,
    );
    expect(rows).toEqual([{ same: true }]);
    expect(await new ErasureLedger(after).among(pool, ['demo/cair/erased'])).toEqual(new Set(['demo/cair/erased']));
  });

  it('is audited, and shows no key', async () => {
    const { rows } = await pool.query<{ target: string }>(`select target from audit_log where action = 'keys.rotated'`);
    expect(rows).toEqual([{ target: 'the-new-one' }, { target: 'the-new-one' }]);
    const { printed, said } = await keys(`${NEW},${OLD}`, 'list');
    for (const secret of [OLD, NEW]) expect([...printed, said].join()).not.toContain(secret.split(':')[1]);
  });

  it('leaves a row that it cannot open, and says so', async () => {
    const elsewhere = before.seal('moved', place('connections', 'con_n2'));
    await pool.query(`update connections set sealed = $1 where id = 'con_n1'`, [elsewhere]);
    const { code, result } = await keys(`${NEW},${OLD}`, 'rotate', '--json');
    expect([code, result.unreadable]).toEqual([EXIT.no, { connections: 1 }]);
    const { rows } = await pool.query<{ sealed: Buffer }>(`select sealed from connections where id = 'con_n1'`);
    expect(rows[0]?.sealed).toEqual(elsewhere);
  });

  it('refuses to rotate without a ring', async () => {
    expect((await keys('', 'rotate')).code).toBe(EXIT.settings);
  });
});
