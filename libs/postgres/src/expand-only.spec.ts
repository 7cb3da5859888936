import { describe, expect, it } from 'vitest';
import { breachesOf, statementsOf } from '../test/expand-rules.js';
import { MIGRATIONS } from './migrations/index.js';

/**
 * Statements that may break the rules, each with its reason. A new entry is either a contract step (name the release whose code was
 * the last to use what goes) or a change that the version before does not notice (say why).
 */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // Attempts become partitions under the same name; run-migrations.int.spec.ts writes as the version before does.
  DeliveryOperations1763800000010: [
    'alter table delivery_attempts rename to delivery_attempts_before',
    'alter table delivery_attempts_before alter column id drop identity',
    'else drop table delivery_attempts_before',
  ],
  // In a function that retention calls for a partition whose time is over; the migration itself drops nothing.
  AttemptPartitions1763800000016: ["execute format('drop table %i', name)"],
};

/** It makes the schema: no version was before it. */
const [, ...later] = MIGRATIONS;

describe.each(later.map((migration) => [migration.name, migration] as const))('%s', (name, Migration) => {
  it('only expands the schema: the version before runs on', async () => {
    const breaches = breachesOf(await statementsOf(new Migration()));
    const excused = EXCEPTIONS[name] ?? [];
    expect(breaches.filter(({ statement }) => !excused.includes(statement))).toEqual([]);
    // An exception that nothing needs would excuse the next one.
    expect(excused.filter((text) => !breaches.some(({ statement }) => statement === text))).toEqual([]);
  });
});

const rulesOf = (...statements: string[]) => breachesOf(statements).map(({ rule }) => rule);

describe('the rules of expanding', () => {
  it.each([
    ['alter table claims drop column state', 'drops a column'],
    ['alter table claims add column a int not null', 'adds a column that the version before does not fill'],
    [
      'alter table claims add column a int not null, add column b int not null default 0',
      'adds a column that the version before does not fill',
    ],
    ['alter table claims rename column state to standing', 'renames'],
    ['alter table claims rename to cases', 'renames'],
    ['alter table claims alter column version type bigint', 'changes a type'],
    ['alter table claims alter column state set not null', 'makes a column not null'],
    ['alter table claims add constraint positive check (version > 0)', 'tightens what may be written'],
    ['create unique index one_state on claims (state)', 'tightens what may be written'],
    ['drop table claims', 'drops a table'],
    ['drop function forget_claim()', 'drops what the version before may call'],
  ])('see what is wrong with: %s', (statement, rule) => {
    expect(rulesOf(statement)).toEqual([rule]);
  });

  it.each([
    [['alter table claims add column a int']],
    [["alter table claims add column a text not null default 'x', add column b int"]],
    [['alter table claims add constraint positive check (version > 0) not valid']],
    [['create index concurrently by_state on claims (state)']],
    [
      [
        'create table cases (id text primary key)',
        'create unique index on cases (id)',
        'alter table cases add unique (id)',
      ],
    ],
    [["alter table claims add column a text check (a in ('x', 'y'))"]],
  ])('let pass: %s', (statements) => {
    expect(rulesOf(...statements)).toEqual([]);
  });
});
