import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../pool.js';
import { rolesSql } from './grant-statements.js';
import { SEQUENCE_GRANTS, TABLE_GRANTS } from './table-grants.js';

let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool(database.url, 1);
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

const names = async (kinds: string): Promise<string[]> => {
  const { rows } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = any ($1)
       and relname !~ '^delivery_attempts_[0-9]+$'
       and not (relkind = 'S' and exists (select from pg_depend where objid = pg_class.oid and deptype = 'i')) order by relname`,
    [[...kinds]],
  );
  return rows.map(({ name }) => name);
};

/** @returns PostgreSQL's code of the refusal, null where there is none */
async function refusal(app: string, statement: string): Promise<string | null> {
  const pool = createPool(database.urlOf(app), 1);
  try {
    await pool.query(`begin; ${statement}; rollback`);
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await pool.end();
  }
}

const FORBIDDEN: readonly (readonly [app: string, statement: string])[] = [
  ['ingress', 'select from claim_events'],
  ['ingress', 'select from credential_sets'],
  ['ingress', 'insert into connections select * from connections'],
  ['normalizer', 'select sealed from connections'],
  ['normalizer', 'select from connection_tokens'],
  ['normalizer', `update claim_events set message = '{}'`],
  ['normalizer', 'delete from claims'],
  ['normalizer', 'select from deliveries'],
  ['stedi-reports', 'select from claims'],
  ['stedi-reports', 'insert into claim_events select * from claim_events'],
  ['fanout', `update claims set state = '{}'`],
  ['fanout', 'select sealed from connections'],
  ['fanout', `update webhooks set url = 'https://elsewhere.example'`],
  ['fanout', 'select from api_keys'],
  ['fanout', 'drop table delivery_attempts_default'],
  ['fanout', 'create table mine (id int)'],
  ['fanout', `select drop_attempt_partition('claim_events')`],
  [
    'fanout',
    `select make_attempt_partition('2031-01-01'); select drop_attempt_partition('delivery_attempts_20310101')`,
  ],
  ['fanout', `select drop_attempt_partition('delivery_attempts_default')`],
  ['api', 'delete from claim_events'],
  ['api', `update audit_log set actor = 'nobody'`],
  ['api', 'delete from audit_log'],
  ['api', 'select from ingress_spool'],
  ['api', `select make_attempt_partition('2031-01-01')`],
  ['operator', 'delete from audit_log'],
  ['operator', 'select from api_keys'],
  ['operator', 'select sealed from connections'],
];

describe('the role of each app', () => {
  it('has a decision for every table and sequence', async () => {
    expect(Object.keys(TABLE_GRANTS).toSorted()).toEqual((await names('rp')).toSorted());
    expect(Object.keys(SEQUENCE_GRANTS).toSorted()).toEqual((await names('S')).toSorted());
  });

  it.each(FORBIDDEN)('%s may not: %s', async (app, statement) => {
    expect(await refusal(app, statement)).toMatch(/^(42501|22023)$/);
  });

  it.each([
    ['ingress', 'select sealed from connections'],
    ['fanout', `select make_attempt_partition('2031-01-01')`],
    [
      'fanout',
      `select make_attempt_partition('2020-01-01'); select drop_attempt_partition('delivery_attempts_20200101')`,
    ],
    ['operator', 'delete from claim_events'],
  ])('%s may: %s', async (app, statement) => {
    expect(await refusal(app, statement)).toBeNull();
  });
});

describe('deploy/postgres/roles.sql', () => {
  const file = join(import.meta.dirname, '../../../../deploy/postgres/roles.sql');

  it('is what the code says; node apps/api/dist/migrate.js --roles > deploy/postgres/roles.sql writes it anew', () => {
    expect(readFileSync(file, 'utf8')).toBe(rolesSql());
  });

  it('takes away what is too much, and can be run again', async () => {
    const read = 'select from ingress_spool';
    await owner.query('grant select on ingress_spool to claimwire_api');
    expect(await refusal('api', read)).toBeNull();
    for (let run = 1; run <= 2; run += 1) await owner.query(readFileSync(file, 'utf8'));
    expect(await refusal('api', read)).toBe('42501');
    expect(await refusal('api', 'select from claims')).toBeNull();
  });
});
