import { randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, ErasureKeyMissingError, ErasureLedger, sealErasureKey, type Pool } from './index.js';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [k1, k2] = [key('k1'), key('k2')];
const ledger = (...keys: string[]) => new ErasureLedger(keys.length === 0 ? null : Keyring.parse(keys.join()));

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('the ledger of erased claims', () => {
  it('needs no key as long as nothing is erased', async () => {
    expect(await ledger().among(pool, ['demo/cair/1'])).toEqual(new Set());
    await expect(ledger().add(pool, 'demo', 'demo/cair/1')).rejects.toBeInstanceOf(ErasureKeyMissingError);
  });

  it('tells erased claims from others, and holds the name of none', async () => {
    await ledger(k1).add(pool, 'demo', 'demo/cair/secret-id');
    expect(await ledger(k1).among(pool, ['demo/cair/secret-id', 'demo/cair/2'])).toEqual(
      new Set(['demo/cair/secret-id']),
    );
    const { rows } = await pool.query<{ all: string }>('select erased_claims::text as all from erased_claims');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.all).not.toContain('secret-id');
    expect(rows[0]?.all).not.toContain(Buffer.from('secret-id').toString('hex'));
  });

  it('says when a claim was erased first, however often that is asked for', async () => {
    const first = await ledger(k1).add(pool, 'demo', 'demo/cair/twice');
    expect(await ledger(k2, k1).add(pool, 'demo', 'demo/cair/twice')).toEqual(first);
  });

  it('knows what was erased under an older key, and refuses to answer without it', async () => {
    await ledger(k2, k1).add(pool, 'demo', 'demo/cair/newer');
    const both = ['demo/cair/secret-id', 'demo/cair/newer'];
    expect(await ledger(k1, k2).among(pool, both)).toEqual(new Set(both));
    await expect(ledger(k2).among(pool, both)).rejects.toThrow(/"k1"/);
    await expect(ledger().among(pool, both)).rejects.toBeInstanceOf(ErasureKeyMissingError);
  });

  it('needs an older key no longer once what was made of it is sealed under a newer one', async () => {
    const both = ['demo/cair/secret-id', 'demo/cair/newer'];
    await pool.query(`update erasure_keys set sealed = $1 where key_id = 'k1'`, [
      sealErasureKey(Keyring.parse([k2, k1].join()), 'k1'),
    ]);
    expect(await ledger(k2).among(pool, both)).toEqual(new Set(both));
    await pool.query(`update erasure_keys set sealed = null where key_id = 'k1'`);
    await expect(ledger(k2).among(pool, both)).rejects.toThrow(/"k1"/);
  });
});
