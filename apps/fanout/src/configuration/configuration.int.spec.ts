import { randomBytes } from 'node:crypto';
import { claimEventFacts, type EventFacts } from '@claimwire/contracts';
import { Keyring } from '@claimwire/keyring';
import * as testkit from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
  it('is read again only when something has changed, whatever else is open', async () => {
    const busy = await bench.pool.connect();
    try {
      await busy.query('begin');
      await busy.query('select pg_current_xact_id()');
      const known = await configuration.current(bench.pool);
      expect(await configuration.current(bench.pool)).toBe(known);
      await bench.pool.query(`update webhooks set concurrency = 7 where id = $1`, [webhookId]);
      const next = await configuration.current(bench.pool);
      expect(next.destinations.get(webhookId)?.concurrency).toBe(7);
      expect(await configuration.current(bench.pool)).toBe(next);
    } finally {
      await busy.query('rollback');
      busy.release();
    }
  });

  it('is read again once for all who ask at the same time, and only what changed', async () => {
    const reader = vi.spyOn(WebhookReader.prototype, 'read');
    await configuration.reload(bench.pool);
    await bench.pool.query(`update webhooks set concurrency = 9 where id = $1`, [webhookId]);
    const asked = Array.from({ length: 20 }, () => configuration.current(bench.pool));
    for (const { destinations } of await Promise.all(asked)) expect(destinations.get(webhookId)?.concurrency).toBe(9);
    const [, ...again] = reader.mock.calls.map(([, ids]) => ids);
    reader.mockRestore();
    // Who asks while one look is under way waits for the next, which is for all of them.
    expect(again.length).toBeLessThan(asked.length / 2);
    expect(again[0]).toEqual([webhookId]);
  });

  it('leaves out what was deleted, and shows changed credentials', async () => {
    const { id } = await bench.createWebhook({ url: 'http://127.0.0.1:1/' });
    const before = (await configuration.reload(bench.pool)).destinations.get(id);
    await bench.pool.query(
      `update credential_sets set sealed = '\\x00' where id = (select credential_set_id from webhooks where id = $1)`,
      [id],
    );
    expect(before).toBeDefined();
    expect((await configuration.current(bench.pool)).destinations.has(id)).toBe(false);
    expect(unusable.splice(0)).toEqual([id]);
    await bench.pool.query('delete from webhooks where id = $1', [id]);
    const { destinations, index } = await configuration.current(bench.pool);
    expect(destinations.has(id)).toBe(false);
    expect(index.match(facts)).toEqual([]);
  });

  it('has a binding whose transaction was open, its change already counted, when it was read', async () => {
    const writer = await bench.pool.connect();
    const id = newId();
    try {
      await writer.query('begin');
      await writer.query(bind, [id, TENANT, webhookId]);
      const early = await configuration.reload(bench.pool);
      expect(early.openWriters.size).toBe(1);
      // Nothing has ended since: nothing is read again.
      expect(await configuration.current(bench.pool)).toBe(early);
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
