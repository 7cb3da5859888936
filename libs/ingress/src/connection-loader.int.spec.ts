import { randomBytes } from 'node:crypto';
import { Keyring } from '@claimwire/keyring';
import { createPool, type Pool } from '@claimwire/postgres';
import { cair } from '@claimwire/provider-cair';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IngressHarness } from '../test/ingress-harness.js';
import { ConnectionLoader, hashToken } from './load-connections.js';

describe('ConnectionLoader', () => {
  let harness: IngressHarness;
  let pool: Pool;
  beforeAll(async () => {
    harness = await IngressHarness.start();
    pool = createPool(harness.database.url, 2, { queryTimeoutMs: 2_000 });
  });
  afterAll(async () => {
    await pool.end();
    await harness.stop();
  });

  const loaderFor = (provider: string): ConnectionLoader =>
    new ConnectionLoader(pool, Keyring.parse(`other:${randomBytes(32).toString('base64')}`), provider);

  it('knows a connection whose secrets it cannot open, so that its address is not a 404', async () => {
    const { id, token } = await harness.connect(cair, { type: 'none' });
    const entries = await loaderFor('cair').loadAll();
    expect(entries).toContainEqual({ hash: hashToken(token), connection: id, notAfter: null, config: null });
    expect(await loaderFor('stedi').loadAll()).toEqual([]);
  });

  it('finds by hash only what is asked for, and no token that has run out', async () => {
    const { id, token } = await harness.connect(cair, { type: 'none' });
    const old = await harness.addToken(id, new Date(Date.now() - 1));
    const found = await loaderFor('cair').loadByHashes([hashToken(token), hashToken(old), hashToken('none')]);
    expect(found.map(({ hash }) => hash)).toEqual([hashToken(token)]);
  });

  it('sees another version after a change', async () => {
    const loader = loaderFor('cair');
    const before = await loader.configurationVersion();
    expect(await loader.configurationVersion()).toBe(before);
    await harness.connect(cair, { type: 'none' });
    expect(await loader.configurationVersion()).not.toBe(before);
  });

  it('gives a query up that never comes back', async () => {
    const blocker = await harness.pool.connect();
    await blocker.query('begin; lock table connections in access exclusive mode');
    try {
      await expect(loaderFor('cair').loadAll()).rejects.toThrow(/timeout/i);
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    await expect(loaderFor('cair').loadAll()).resolves.toBeInstanceOf(Array);
  });
});
