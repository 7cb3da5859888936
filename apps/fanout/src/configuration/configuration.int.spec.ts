import { randomBytes } from 'node:crypto';
import { claimEventFacts, type EventFacts } from '@claimwire/contracts';
import { Keyring } from '@claimwire/keyring';
import * as testkit from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TENANT, TestBench } from '../../test/test-bench.js';
import { Configuration } from './configuration.js';
import { WebhookReader } from './webhook-reader.js';

let bench: TestBench;
let facts: EventFacts;
let webhookId: string;
let configuration: Configuration;
const unusable: string[] = [];

beforeAll(async () => {
  bench = await TestBench.open(testkit);
  facts = claimEventFacts(await bench.storeEvent('configuration', 1));
  webhookId = (await bench.createWebhook({ url: 'http://127.0.0.1:1/', filters: { provider: 'nobody' } })).id;
});
beforeEach(() => {
  const keyring = Keyring.parse(bench.env('a').CLAIMWIRE_KEYRING ?? '');
  configuration = new Configuration(new WebhookReader(keyring, (id) => unusable.push(id)));
});
afterAll(() => bench?.close());

const bind = `insert into bindings (id, tenant_id, webhook_id, event_type) values ($1, $2, $3, '*')`;
const newId = () => `bnd_${randomBytes(6).toString('hex')}`;

describe('the configuration in memory', () => {
  it('is read again only when something has changed', async () => {
    // Not before every transaction has ended that was open then, those of other databases too.
    const isSettled = async () => (await configuration.current(bench.pool)).isSettled;
    await expect.poll(isSettled, { timeout: 100_000 }).toBe(true);
    const known = configuration.loaded;
    expect(await configuration.current(bench.pool)).toBe(known);
    await bench.pool.query(`update webhooks set concurrency = 7 where id = $1`, [webhookId]);
    const next = await configuration.current(bench.pool);
    expect(next).not.toBe(known);
    expect(next.destinations.get(webhookId)?.concurrency).toBe(7);
  }, 120_000);

  it('has a binding whose transaction was open, its change already counted, when it was read', async () => {
    const writer = await bench.pool.connect();
    const id = newId();
    try {
      await writer.query('begin');
      await writer.query(bind, [id, TENANT, webhookId]);
      const early = await configuration.reload(bench.pool);
      expect(early.isSettled).toBe(false);
      expect(early.index.match(facts)).toEqual([]);
      await writer.query('commit');
    } finally {
      writer.release();
    }
    const later = await configuration.current(bench.pool);
    expect(later.index.match(facts)).toEqual([webhookId]);
    await bench.pool.query('delete from bindings where id = $1', [id]);
    expect((await configuration.current(bench.pool)).index.match(facts)).toEqual([]);
  });

  it('leaves out a webhook whose secrets cannot be opened, and says so', async () => {
    const { id } = await bench.createWebhook({ url: 'http://127.0.0.1:1/' });
    await bench.pool.query(`update webhooks set signing_sealed = '\\x00' where id = $1`, [id]);
    const { destinations } = await configuration.reload(bench.pool);
    expect(destinations.has(id)).toBe(false);
    expect(destinations.has(webhookId)).toBe(true);
    expect(unusable).toEqual([id]);
  });
});
