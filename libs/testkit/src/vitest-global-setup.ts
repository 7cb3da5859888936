import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Builds what tests start as processes: once, before any of them. Even a build that Nx has in its cache copies every `dist`
 * anew, and a process that starts at that moment does not find its modules.
 */
const build = () =>
  promisify(execFile)('node_modules/.bin/nx', ['run-many', '-t', 'build', '--outputStyle=static'], {
    env: { ...process.env, NX_DAEMON: 'false' },
  });

/**
 * Gives the tests a real Kafka and a real PostgreSQL: those that TEST_KAFKA_BROKERS and TEST_DATABASE_URL name, else
 * ones of their own that are thrown away at the end. Workers inherit the addresses through the environment.
 */
const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (!process.env.TEST_USE_BUILD) await build();
  if (process.env.TEST_KAFKA_BROKERS && process.env.TEST_DATABASE_URL) return undefined;
  const { startTestEngines } = await import('./engine/test-engines.js');
  const engines = await startTestEngines({
    kafka: !process.env.TEST_KAFKA_BROKERS,
    postgres: !process.env.TEST_DATABASE_URL,
  });
  Object.assign(process.env, engines.env);
  return async () => {
    for (const name of Object.keys(engines.env)) delete process.env[name];
    await engines.stop();
  };
};

export default setup;
