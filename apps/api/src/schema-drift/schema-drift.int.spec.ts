import type { Pool } from '@claimwire/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnApi, type OwnApi } from '../../test/own-api.js';
import type { TestApi } from '../../test/start-test-api.js';

let own: OwnApi;
let api: TestApi;
let pool: Pool;

beforeAll(async () => {
  own = await startOwnApi();
  ({ api, pool } = own);
  await pool.query(
    `insert into schema_drift (provider, path, kind, count, first_seen, last_seen) values
       ('cair', 'newStatus', 'word', 3, '2025-03-01', '2025-03-02'),
       ('cair', 'region', 'field', 1, '2025-03-01', '2025-03-09'),
       ('curacel', 'data.*', 'field', 5000000000, '2025-03-01', '2025-03-09')`,
  );
});

afterAll(() => own?.close());

describe('the schema drift report', () => {
  const list = async (query: string) => (await api.call('GET', `/v1/schema-drift${query}`, { key: api.adminKey })).body;
  const paths = async (query: string) =>
    (await list(query)).data.map(({ provider, path }) => `${String(provider)} ${String(path)}`);

  it('counts by provider, path and kind', async () => {
    expect((await list('')).data[0]).toEqual({
      provider: 'cair',
      path: 'newStatus',
      kind: 'word',
      count: 3,
      firstSeen: '2025-03-01T00:00:00.000Z',
      lastSeen: '2025-03-02T00:00:00.000Z',
    });
  });

  it('is filtered and paged', async () => {
    expect(await paths('?provider=cair&kind=field')).toEqual(['cair region']);
    expect(await paths('?since=2025-03-05T00:00:00Z')).toEqual(['cair region', 'curacel data.*']);
    const { nextCursor } = await list('?limit=2');
    expect(await paths(`?limit=2&cursor=${nextCursor}`)).toEqual(['curacel data.*']);
  });
});
