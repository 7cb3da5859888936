import { DATABASE_ROLES, FUNCTION_GRANTS, SEQUENCE_GRANTS, TABLE_GRANTS, type DatabaseRole } from './table-grants.js';

const OBJECTS = { table: TABLE_GRANTS, sequence: SEQUENCE_GRANTS, function: FUNCTION_GRANTS } as const;

/** Every grant of one role, in the order of the tables. */
export function grantsOf(role: DatabaseRole): string[] {
  const app = role.replace('claimwire_', '');
  return Object.entries(OBJECTS).flatMap(([kind, grants]) =>
    Object.entries(grants).flatMap(([name, byApp]) => {
      const rights = (byApp as Readonly<Record<string, string | undefined>>)[app];
      return rights ? [`grant ${rights} on ${kind} ${name} to ${role};`] : [];
    }),
  );
}

/** Two sessions may make the same role at once; the loser finds it made. */
const createRole = (role: DatabaseRole): string =>
  `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$;`;

/** Makes the roles; what is there already stays as it is. They cannot log in: give them to users that can. */
export const createRoles = (): string => DATABASE_ROLES.map(createRole).join('\n');

const exactGrants = (role: DatabaseRole): string =>
  [
    `-- ${role}`,
    `revoke all on all tables in schema public from ${role};`,
    `revoke all on all sequences in schema public from ${role};`,
    ...grantsOf(role),
  ].join('\n');

/** The roles with exactly their grants, for the owner of a migrated schema to run, as often as wanted. */
export const rolesSql = (): string =>
  [
    '-- One role per app, with what it needs and no more. Generated: node apps/api/dist/migrate.js --roles',
    '-- The owner of the migrated schema runs it, who may create roles; running it again takes away what is too much.',
    "-- Then give each app a user that can log in: create user claimwire_fanout_1 password '…' in role claimwire_fanout;",
    '',
    createRoles(),
    '',
    'begin;',
    '',
    ...DATABASE_ROLES.map((role) => `${exactGrants(role)}\n`),
    'commit;',
    '',
  ].join('\n');
