/**
 * Gives the tests a real Kafka and a real PostgreSQL: those that TEST_KAFKA_BROKERS and TEST_DATABASE_URL name, else
 * ones of their own that are thrown away at the end. Workers inherit the addresses through the environment.
 */
const setup = async (): Promise<(() => Promise<void>) | undefined> => {
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
