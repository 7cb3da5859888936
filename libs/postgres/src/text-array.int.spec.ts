import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from './pool.js';
import { textArray } from './text-array.js';

describe('a text array as PostgreSQL reads it', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, 1);
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it.each([
    ['nothing', []],
    ['one', ['a']],
    ['what the text form would have to escape', ['', '"', '\\', '{a,b}', 'NULL', ' ', '{"a":"\\"\\\\"}']],
    ['any script', ['é', '日本', '😀', 'a\nb\tc']],
    ['many', Array.from({ length: 3_000 }, (_, index) => `${index}`.repeat(50))],
  ])('of %s', async (_, values) => {
    const { rows } = await pool.query<{ values: string[] }>('select $1::text[] as values', [textArray(values)]);
    expect(rows).toEqual([{ values }]);
  });

  it('is unnested beside arrays in text form', async () => {
    const { rows } = await pool.query('select * from unnest($1::text[], $2::int[]) as row (name, number)', [
      textArray(['a', 'b']),
      [1, 2],
    ]);
    expect(rows).toEqual([
      { name: 'a', number: 1 },
      { name: 'b', number: 2 },
    ]);
  });
});
