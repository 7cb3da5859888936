import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A migrated database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** The same for an app, as the role that may do what TABLE_GRANTS of @claimwire/postgres lets it, and no more. */
  readonly urlOf: (app: string) => string;
  readonly drop: () => Promise<void>;
}

/** The address named by `name`, set by the global setup or by whoever runs the tests; tests read only `TEST_*`. */
const required = (name: 'TEST_DATABASE_URL' | 'TEST_KAFKA_BROKERS'): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this test through vitest's "integration" or "e2e" project.`);
  return value;
};

/**
 * The database that a URL names.
 * @throws when the name lacks "test": nothing here may ever touch anything else.
 */
export const testDatabaseName = (url: string): string => {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (!name.includes('test')) throw new Error(`Refused: the database name "${name}" lacks "test".`);
  return name;
};

const execute = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** Drops a database, cutting its open connections. Refuses one whose name lacks `test`. */
export const dropTestDatabase = async (adminUrl: string, url: string): Promise<void> => {
  await execute(adminUrl, `drop database if exists ${quoted(testDatabaseName(url))} with (force)`);
};

// Not a literal: the graph of packages would see a cycle, since the tests of @claimwire/postgres use this package.
const POSTGRES_PACKAGE: string = '@claimwire/postgres';

interface Grants {
  readonly createRoles: () => string;
}

interface Schema {
  readonly runMigrations: (url: string) => Promise<string[]>;
}

const migrate = async (url: string): Promise<void> => {
  const { createRoles } = (await import(POSTGRES_PACKAGE)) as Grants;
  const { runMigrations } = (await import(`${POSTGRES_PACKAGE}/schema`)) as Schema;
  await execute(url, createRoles());
  await runMigrations(url);
};

/**
 * A superuser's URL as that of an app's role: its session takes the role on at once, with its rights and no others.
 * @param app "ingress-cair", "stedi-reports", …; "operator" is who runs the `claimwire` command
 */
export const asDatabaseRole = (url: string, app: string): string => {
  const own = new URL(url);
  const role = app.startsWith('ingress') ? 'ingress' : app.replaceAll('-', '_');
  own.searchParams.set('options', `-c role=claimwire_${role}`);
  return own.href;
};

/** Creates `claimwire_test_<random>` beside TEST_DATABASE_URL and runs all migrations in it. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const adminUrl = required('TEST_DATABASE_URL');
  testDatabaseName(adminUrl);
  const url = new URL(adminUrl);
  url.pathname = `/claimwire_test_${randomBytes(6).toString('hex')}`;
  await execute(adminUrl, `create database ${quoted(testDatabaseName(url.href))}`);
  const drop = () => dropTestDatabase(adminUrl, url.href);
  try {
    await migrate(url.href);
  } catch (error) {
    await drop();
    throw error;
  }
  return { url: url.href, urlOf: (app) => asDatabaseRole(url.href, app), drop };
};

/** Addresses of the brokers that tests may fill, as `host:port`. */
export const testKafkaBrokers = (): string[] => required('TEST_KAFKA_BROKERS').split(',');

/** A prefix for one test file's topics and groups, such as "t1a2b3c4d.": files share a broker, never a topic. */
export const testTopicPrefix = (): string => `t${randomBytes(4).toString('hex')}.`;
