import { startTestEngines } from '@claimwire/testkit';

/**
 * Runs `work` with a real Kafka and a durable PostgreSQL: those that TEST_KAFKA_BROKERS and TEST_DATABASE_URL name, else
 * ones of its own that are thrown away at the end.
 */
export async function withEngines(work: () => Promise<void>): Promise<void> {
  const kafka = !process.env.TEST_KAFKA_BROKERS;
  const postgres = !process.env.TEST_DATABASE_URL;
  if (!kafka && !postgres) return work();
  console.error('starting Kafka and PostgreSQL …');
  const engines = await startTestEngines({ kafka, postgres, durable: true });
  Object.assign(process.env, engines.env);
  try {
    await work();
  } finally {
    await engines.stop();
  }
}
