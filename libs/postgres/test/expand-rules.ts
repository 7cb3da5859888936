import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A statement by which the version before would no longer run on the new schema, or wait long for it. */
export interface Breach {
  rule: string;
  /** Without comments and line breaks. */
  statement: string;
}

const NAME = String.raw`(?:"?[a-z_][\w.]*"?)`;

/** What each forbids, and how it is done instead, is in docs/upgrading.md. */
const RULES: readonly [rule: string, pattern: RegExp][] = [
  ['drops a table', /\bdrop table\b/],
  ['drops a column', /\bdrop column\b/],
  ['renames', /\brename (to|column|constraint|\w+ to)\b/],
  ['changes a type', /\balter column \S+ (set data )?type\b/],
  ['makes a column not null', /\bset not null\b/],
  ['takes a default away', /\bdrop (default|identity)\b/],
  ['adds a column that the version before does not fill', /\badd column (?:(?!,\s*add\b).)*?not null(?!.*\bdefault\b)/],
  [
    'tightens what may be written',
    /\badd (constraint \S+ )?(check|unique|foreign key|primary key|exclude)\b(?!.*\bnot valid\b)/,
  ],
  ['tightens what may be written', /\bcreate unique index\b/],
  ['drops what the version before may call', /\bdrop (function|trigger|view|type)\b/],
];

const TABLE_OF = new RegExp(
  String.raw`\b(?:alter table(?: if exists)?(?: only)?|on)\s+(${NAME})|\b(?:drop|lock) table(?: if exists)?\s+(${NAME})`,
);
const CREATED = new RegExp(String.raw`\bcreate table(?: if not exists)?\s+(${NAME})`, 'g');

/** The SQL that a migration sends to a database that needs all of it. */
export async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const sent: string[] = [];
  const runner = {
    query: async (sql: string) => {
      sent.push(sql);
      return [{}];
    },
    startTransaction: async () => undefined,
    commitTransaction: async () => undefined,
    rollbackTransaction: async () => undefined,
  };
  await migration.up(runner as unknown as QueryRunner);
  return sent.flatMap(split);
}

/** Statements in the bodies of functions and blocks are looked at like the others. */
function split(sql: string): string[] {
  const plain = sql.replace(/--[^\n]*/g, '').replace(/\s+/g, ' ');
  return plain
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
}

/** @returns what may not be in a migration that expands; a table is its own from where it makes it */
export function breachesOf(statements: readonly string[]): Breach[] {
  const own = new Set<string | undefined>();
  return statements.flatMap((text) => {
    const statement = text.toLowerCase();
    for (const [, table] of statement.matchAll(CREATED)) own.add(table);
    const [, altered, dropped] = TABLE_OF.exec(statement) ?? [];
    if (own.has(altered ?? dropped)) return [];
    // Each part of "alter table x add …, drop …" for itself: a default of one excuses no other.
    const parts = statement.split(/,\s*(?=(?:add|drop|alter|rename|validate)\b)/);
    return RULES.filter(([, pattern]) => parts.some((part) => pattern.test(part))).map(([rule]) => ({
      rule,
      statement,
    }));
  });
}
