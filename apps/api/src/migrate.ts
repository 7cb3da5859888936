import { runMigrations } from '@claimwire/postgres';
import { answerHelp, loadConfig } from '@claimwire/service-host';
import { MigrateConfig } from './config.js';

/** Brings the schema up to date: exit 0 done, 1 failed (nothing half done), 78 settings wrong. */
const options = { name: 'migrate', defaults: { MANAGEMENT_PORT: 0 } };
answerHelp(MigrateConfig, options);
const { DATABASE_URL } = loadConfig(MigrateConfig, undefined, options);
try {
  const applied = await runMigrations(DATABASE_URL);
  process.stdout.write(applied.length === 0 ? 'the schema is up to date\n' : `applied: ${applied.join(', ')}\n`);
} catch (error) {
  process.stderr.write(`the schema could not be brought up to date: ${reason(error)}\n`);
  process.exitCode = 1;
}

/** Of a refused connection Node gives the code, not always a message. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
