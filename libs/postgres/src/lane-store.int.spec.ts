import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, FencedError, inTransaction, LaneStore, type Pool } from './index.js';

let database: TestDatabase;
let pool: Pool;
let store: LaneStore;
let partition = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
  store = new LaneStore(pool);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Each test has a lane of its own. */
const freshPartition = () => ++partition;
const claim = (at: number, initialOffset = 0n) => store.claim('normalizer', 'topic', at, initialOffset);

describe('a lane', () => {
  it('begins where the log begins, and is found where it was left', async () => {
    const at = freshPartition();
    const lane = await claim(at, 17n);
    expect(lane).toMatchObject({ nextOffset: 17n, epoch: 1n, lastSeq: 0n, sentSeq: 0n });
    await inTransaction(pool, (client) => store.advance(client, lane, 20n, { messages: 3 }));
    expect(await claim(at)).toMatchObject({ laneId: lane.laneId, nextOffset: 20n, epoch: 2n, lastSeq: 3n });
  });

  it('rolls back everything of an owner that was replaced meanwhile', async () => {
    const at = freshPartition();
    const zombie = await claim(at);
    await claim(at);
    const late = inTransaction(pool, async (client) => {
      await client.query(`insert into tenants (id, name) values ('zombie', 'Z')`);
      await store.advance(client, zombie, 5n);
    });
    await expect(late).rejects.toBeInstanceOf(FencedError);
    expect((await pool.query(`select 1 from tenants where id = 'zombie'`)).rowCount).toBe(0);
    expect((await claim(at)).nextOffset).toBe(0n);
  });

  it('makes a claim wait for the commit that is under way, so that both agree on the offset', async () => {
    const at = freshPartition();
    const first = await claim(at);
    let second: ReturnType<typeof claim> | undefined;
    await inTransaction(pool, async (client) => {
      await store.advance(client, first, 9n);
      second = claim(at);
      await client.query('select pg_sleep(0.1)');
    });
    expect((await second)?.nextOffset).toBe(9n);
  });
});

describe('the lease of a lane', () => {
  it('keeps a taker waiting until it runs out', async () => {
    const at = freshPartition();
    const old = await claim(at);
    expect((await store.acquireLease(old, 'a', 300)).waitMs).toBe(0);
    const taker = await claim(at);
    expect((await store.acquireLease(taker, 'b', 300)).waitMs).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 320));
    expect((await store.acquireLease(taker, 'b', 300)).waitMs).toBe(0);
    await expect(store.acquireLease(old, 'a', 300)).rejects.toBeInstanceOf(FencedError);
  });

  it('is handed over at once when released, with what was sent', async () => {
    const at = freshPartition();
    const old = await claim(at);
    await store.acquireLease(old, 'a', 60_000);
    await inTransaction(pool, (client) => store.advance(client, old, 1n, { messages: 8, leaseMs: 60_000 }));
    const taker = await claim(at);
    expect(await store.markSent(old, 'a', 6n, true)).toBe(true);
    expect(await store.acquireLease(taker, 'b', 1_000)).toEqual({ waitMs: 0, sentSeq: 6n });
    expect(await store.markSent(old, 'a', 8n)).toBe(false);
  });

  it('is renewed by the transaction that advances the lane', async () => {
    const at = freshPartition();
    const lane = await claim(at);
    await store.acquireLease(lane, 'a', 1);
    await inTransaction(pool, (client) => store.advance(client, lane, 1n, { leaseMs: 60_000 }));
    const taker = await claim(at);
    expect((await store.acquireLease(taker, 'b', 1_000)).waitMs).toBeGreaterThan(10_000);
  });
});
