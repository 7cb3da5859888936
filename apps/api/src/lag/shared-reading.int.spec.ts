import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedReading } from './shared-reading.js';

const LONG_MS = 600_000;
let database: TestDatabase;
let pool: Pool;
let reads = 0;
const read = async () => ({ number: ++reads });

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 4);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('is read by one of all who ask within an interval', async () => {
  await Promise.all(Array.from({ length: 8 }, () => sharedReading(pool, 'a', LONG_MS, read)));
  expect(reads).toBe(1);
  const reading = await sharedReading(pool, 'a', LONG_MS, read);
  expect(reading?.value).toEqual({ number: 1 });
  expect(Math.abs((reading?.readAt ?? 0) - Date.now())).toBeLessThan(LONG_MS);
});

it('is read anew when the interval is over', async () => {
  expect((await sharedReading(pool, 'a', 0, read))?.value).toEqual({ number: 2 });
});

it('stays what it was while nobody succeeds, and says from when it is', async () => {
  const before = await sharedReading(pool, 'a', LONG_MS, read);
  const failing = sharedReading(pool, 'a', 0, () => Promise.reject(new Error('cannot read')));
  await expect(failing).rejects.toThrow('cannot read');
  expect(await sharedReading(pool, 'a', LONG_MS, read)).toEqual(before);
});

it('is unknown while the first one is under way elsewhere', async () => {
  let finish = (): void => undefined;
  const begun = Promise.withResolvers<void>();
  const first = sharedReading(pool, 'b', LONG_MS, () => {
    begun.resolve();
    return new Promise<number>((resolve) => (finish = () => resolve(1)));
  });
  await begun.promise;
  expect(await sharedReading(pool, 'b', LONG_MS, read)).toBeNull();
  finish();
  expect((await first)?.value).toBe(1);
});
