import { setTimeout as sleep } from 'node:timers/promises';
import { rolesSql } from '@claimwire/postgres';
import { pendingMigrations, runMigrations } from '@claimwire/postgres/schema';
import { answerHelp, directDatabaseUrl, loadConfig } from '@claimwire/service-host';
import { MigrateConfig } from './config.js';

/**
 * Brings the schema up to date: exit 0 done, 1 failed (nothing half done), 2 an option it does not have, 78 settings wrong. With `--wait` it changes
 * nothing and ends with 0 as soon as somebody else has done so, or with 1 after ten minutes: apps start behind it. With `--roles` it
 * prints deploy/postgres/roles.sql and needs no settings.
 */
const options = { name: 'migrate', defaults: { MANAGEMENT_PORT: 0 } };
const LOOK_EVERY_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;

answerHelp(MigrateConfig, {
  ...options,
  flags: {
    '--wait':
      'changes nothing, and ends as soon as somebody else has brought the schema up to date (1 after ten minutes)',
    '--roles': 'prints deploy/postgres/roles.sql; needs no settings',
  },
});
if (process.argv.includes('--roles')) process.stdout.write(rolesSql());
else await withDatabase();

async function withDatabase(): Promise<void> {
  const url = directDatabaseUrl(loadConfig(MigrateConfig, undefined, options));
  if (process.argv.includes('--wait')) await waitForSchema(url);
  else await migrate(url);
}

async function migrate(url: string): Promise<void> {
  try {
    const applied = await runMigrations(url);
    process.stdout.write(applied.length === 0 ? 'the schema is up to date\n' : `applied: ${applied.join(', ')}\n`);
  } catch (error) {
    process.stderr.write(`the schema could not be brought up to date: ${reason(error)}\n`);
    process.exitCode = 1;
  }
}

async function waitForSchema(url: string): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (let said = ''; ;) {
    const lack = await pendingMigrations(url).then((names) => names.join(', '), reason);
    if (lack === '') break;
    if (lack !== said) process.stdout.write(`waiting for the schema: ${lack}\n`);
    said = lack;
    if (performance.now() > until) {
      process.stderr.write('nobody brought the schema up to date: run migrate.js, or look at its Job\n');
      process.exitCode = 1;
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
  process.stdout.write('the schema is up to date\n');
}

/** Of a refused connection Node gives the code, not always a message. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
