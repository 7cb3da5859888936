import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, explain, rowsRead, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED_MANY_CLAIMS } from '../../test/seed-many-claims.js';
import { keyParts, listStatement, type ListPlace, type Statement } from './list-claims.js';
import { aliasStatement, FEW, partStatement, searchClaims, type Found } from './search-claims.js';

const CLAIMS = 10_000;
const LIMIT = 101;
/** A status has a page for each provider, a provider one for each status: no list reads more from an index. */
const MOST_ROWS = 17 * LIMIT;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 2);
  await pool.query('select setseed(0.42)');
  await pool.query(SEED_MANY_CLAIMS, ['demo', CLAIMS]);
  await pool.query(SEED_MANY_CLAIMS, ['other', 1_000]);
  await pool.query('vacuum analyze claims');
  await pool.query('vacuum analyze claim_search');
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const nodesOf = ({ text, values }: Statement) => explain(pool, text, values);

const FILTERS = [
  {},
  { status: 'paid' },
  { status: 'reversed' },
  { status: 'predetermined' },
  { provider: 'stedi' },
  { provider: 'curacel' },
  { provider: 'nobody' },
  { status: 'reversed', provider: 'stedi' },
  { status: 'paid', provider: 'cair' },
];
const MIDDLE: ListPlace = { changed: '2026-04-01 00:00:00+00', claimKey: 'demo/cair/5' };

interface Listed {
  claim_key: string;
  changed: string;
}
const run = async ({ text, values }: Statement) => (await pool.query<Listed>(text, values)).rows;

describe('the plan of the list of claims', () => {
  const cases = FILTERS.flatMap((filter) => [
    { filter, place: null },
    { filter, place: MIDDLE },
  ]);

  it.each(cases)(
    'reads an index in order, whatever stands behind the page: $filter $place',
    async ({ filter, place }) => {
      const nodes = await nodesOf(listStatement({ tenant: 'demo', ...filter }, place, LIMIT));
      const ofClaims = nodes.filter((node) => node['Relation Name'] === 'claims');
      expect(ofClaims.length).toBeGreaterThan(1);
      for (const node of ofClaims) {
        expect(node['Node Type']).toMatch(/^Index (Only )?Scan$/);
        expect(rowsRead(node)).toBeLessThanOrEqual(MOST_ROWS);
      }
      const sorts = nodes.filter((node) => node['Node Type'].includes('Sort'));
      for (const sort of sorts)
        for (const input of sort.Plans ?? []) expect(rowsRead(input)).toBeLessThanOrEqual(MOST_ROWS);
    },
  );

  it.each(['0123456789abcdef', 'PCN-0A1', '9f3'])('finds part of a key by trigrams: %s', async (q) => {
    const nodes = await nodesOf(partStatement('demo', q)!);
    expect(nodes.map((node) => node['Index Name'])).toContain('claim_search_terms');
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });

  it('finds a whole alias by the same index', async () => {
    const nodes = await nodesOf(aliasStatement('demo', 'alt42'));
    expect(nodes.map((node) => node['Index Name'])).toContain('claim_search_terms');
  });
});

describe('the list of claims', () => {
  const query = async ({ text, values }: Statement) => (await pool.query<Found>(text, values)).rows;

  /** The rule in its simplest form, by reading everything. */
  const expected = async (where: string, values: unknown[]) => {
    const text = `select claim_key from claims where tenant_id = 'demo' and (${where}) order by updated_at desc, claim_key`;
    return (await pool.query<Listed>(text, values)).rows.map(({ claim_key }) => claim_key);
  };
  const page = async (filter: object, place: ListPlace | null, limit: number): Promise<Listed[]> =>
    run(listStatement({ tenant: 'demo', ...filter }, place, limit));

  /** As the service: at hand first, and only a page that is not full is looked for everywhere. */
  const searched = async (q: string, filter: object, limit: number, tenant = 'demo') => {
    const search = await searchClaims(tenant, q, query);
    const keys: string[] = [];
    let place: ListPlace | null = null;
    for (let pages = 0; pages < 2; pages += 1) {
      const near: Listed[] = await page({ tenant, ...filter, ...search.atHand }, place, limit);
      const rows: Listed[] =
        near.length === limit ? near : await page({ tenant, ...filter, ...(await search.whole()) }, place, limit);
      keys.push(...rows.map(({ claim_key }) => claim_key));
      const last = rows.at(-1);
      if (!last) break;
      place = { changed: last.changed, claimKey: last.claim_key };
    }
    return keys;
  };
  const paged = async (filter: object, pages: number, limit: number) => {
    const keys: string[] = [];
    let place: ListPlace | null = null;
    for (let count = 0; count < pages; count += 1) {
      const rows: Listed[] = await page(filter, place, limit);
      keys.push(...rows.map(({ claim_key }) => claim_key));
      const last = rows.at(-1);
      if (!last) break;
      place = { changed: last.changed, claimKey: last.claim_key };
    }
    return keys;
  };

  it.each(FILTERS)('goes on where the page before ended, last changed first: %j', async ({ status, provider }) => {
    const all = await expected('($1::text is null or status = $1) and ($2::text is null or provider = $2)', [
      status,
      provider,
    ]);
    expect(await paged({ status, provider }, 4, 30)).toEqual(all.slice(0, 120));
  });

  it('keeps its order and misses none where many claims changed at one instant', async () => {
    await pool.query(`update claims set updated_at = '2026-11-02' where status = 'reversed'`);
    const all = await expected('true', []);
    expect(await paged({}, 10, 7)).toEqual(all.slice(0, 70));
  });

  it.each(['PCN-0', 'demo/cair', 'dEmO', '/', 'a', 'stedi/PCN-00', 'curacel/1', '%', '_', 'PCN-%', 'zzz', "'"])(
    'finds a part of the key, in any case, as reading everything would: %j',
    async (q) => {
      const all = await expected(
        'position(lower($1) in lower(claim_key)) > 0 or position(lower($2) in lower(claim_key)) > 0',
        [q, encodeURIComponent(q)],
      );
      expect(await searched(q, {}, 30)).toEqual(all.slice(0, 60));
      for (const { status, provider } of FILTERS.slice(6)) {
        const also = await expected(
          `(position(lower($1) in lower(claim_key)) > 0 or position(lower($2) in lower(claim_key)) > 0)
             and ($3::text is null or status = $3) and ($4::text is null or provider = $4)`,
          [q, encodeURIComponent(q), status, provider],
        );
        expect(await searched(q, { status, provider }, 30)).toEqual(also.slice(0, 60));
      }
    },
  );

  it('finds the whole of an alias, short or long, also an alias that came later, and none of another tenant', async () => {
    const { rows } = await pool.query<Listed & { alias: string }>(
      `select claim_key, state #>> '{aliases,0,value}' as alias from claims where tenant_id = 'demo' limit 1`,
    );
    const { claim_key: key, alias } = rows[0]!;
    const found = (q: string, tenant = 'demo') => searched(q, {}, 10, tenant);
    expect(await found(alias.toUpperCase())).toEqual([key]);
    expect(await found(alias, 'other')).toEqual([]);
    expect(await found(alias.slice(0, -1))).toEqual([]);
    await pool.query(
      `update claims set state = jsonb_set(state, '{aliases,1}', '{"system": "x", "value": "É%7 x"}') where claim_key = $1`,
      [key],
    );
    expect(await found('É%7 x')).toEqual([key]);
    expect(keyParts('É%7 x')).toHaveLength(2);
    await pool.query(
      `update claims set state = jsonb_set(state, '{aliases,1}', '{"system": "x", "value": "~y"}') where claim_key = $1`,
      [key],
    );
    expect(await found('~y')).toContain(key);
    expect(await found('É%7 x')).toEqual([]);
  });

  it('has more claims with a common text than it sorts: that case is among the above', async () => {
    expect((await query(partStatement('demo', 'demo/cair')!)).length).toBe(FEW + 1);
  });
});
