import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigintArray, booleanArray, floatArray, instantArray, intArray, timestampArray } from './fixed-array.js';
import { createPool, type Pool } from './pool.js';
import { textArray } from './text-array.js';

describe('an array parameter in binary form, as PostgreSQL reads it', () => {
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

  const read = async (type: string, parameter: Buffer): Promise<string> => {
    const { rows } = await pool.query<{ text: string }>(`select $1::${type}[]::text as text`, [parameter]);
    return rows[0]?.text ?? '';
  };

  it('of numbers, truth values and nothing', async () => {
    expect(await read('int', intArray([0, 1, -1, 2_147_483_647, -2_147_483_648]))).toBe(
      '{0,1,-1,2147483647,-2147483648}',
    );
    expect(await read('bigint', bigintArray([0n, 9_223_372_036_854_775_807n, -1n]))).toBe('{0,9223372036854775807,-1}');
    expect(await read('boolean', booleanArray([true, false]))).toBe('{t,f}');
    expect(await read('float8', floatArray([0.1, -1e300]))).toBe('{0.1,-1e+300}');
    expect(await read('int', intArray([]))).toBe('{}');
  });

  it('of what is null here and there', async () => {
    expect(await read('int', intArray([null, 7, null]))).toBe('{NULL,7,NULL}');
    expect(await read('float8', floatArray([null, 0.5]))).toBe('{NULL,0.5}');
    expect(await read('text', textArray([null]))).toBe('{NULL}');
    expect(await read('text', textArray(['', null, 'NULL', 'é']))).toBe('{"",NULL,"NULL",é}');
  });

  it.each([0, 1, -1, Date.UTC(2026, 10, 23, 1, 2, 3, 456), Date.UTC(1, 0, 1), Date.UTC(9999, 11, 31)])(
    'of the instant %i, and of none',
    async (millis) => {
      const same = 'select $1::timestamptz[] = array[$2::text::timestamptz, null] as same';
      const iso = new Date(millis).toISOString();
      const { rows } = await pool.query<{ same: boolean }>(same, [instantArray([millis, null]), iso]);
      expect(rows).toEqual([{ same: true }]);
    },
  );

  it.each([
    '2026-01-01T00:00:00.000Z',
    '2020-02-11T13:56:45.249767Z',
    '1999-12-31T23:59:59.999999Z',
    '0001-01-01T00:00:00.000001Z',
    '9999-12-31T23:59:59.999999Z',
  ])('of the time %s, to the microsecond', async (time) => {
    const same = 'select $1::timestamptz[] = array[$2::text::timestamptz] as same';
    const { rows } = await pool.query<{ same: boolean }>(same, [timestampArray([time]), time]);
    expect(rows).toEqual([{ same: true }]);
  });

  it.each([
    ['nothing', []],
    ['one', ['a']],
    ['what the text form would have to escape', ['', '"', '\\', '{a,b}', 'NULL', ' ', '{"a":"\\"\\\\"}']],
    ['any script', ['é', '日本', '😀', 'a\nb\tc']],
    ['many', Array.from({ length: 3_000 }, (_, index) => `${index}`.repeat(50))],
  ])('of texts: %s', async (_, values) => {
    const { rows } = await pool.query<{ values: string[] }>('select $1::text[] as values', [textArray(values)]);
    expect(rows).toEqual([{ values }]);
  });

  it('of texts is unnested beside arrays in text form', async () => {
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
