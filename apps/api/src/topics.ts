import { TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, kafkaOptions } from '@claimwire/kafka';
import { answerHelp, loadConfig } from '@claimwire/service-host';
import { TopicsConfig } from './config.js';

/** Creates missing topics and brings the settings of the others up to date: exit 0 done, 1 failed, 2 an option, 78 settings wrong. */
const options = { name: 'topics', defaults: { MANAGEMENT_PORT: 0, KAFKA_CLIENT_ID: 'claimwire-topics' } };
answerHelp(TopicsConfig, { ...options, flags: {} });
const config = loadConfig(TopicsConfig, undefined, options);
const kafka = createKafka({
  ...kafkaOptions(config),
  // the client's complaints of each try would bury the one sentence below
  logger: { warn: () => undefined },
});
try {
  const created = await applyTopics(kafka, TOPICS, {
    replication: config.TOPIC_REPLICATION,
    minInsync: config.TOPIC_MIN_INSYNC_REPLICAS,
  });
  process.stdout.write(created.length === 0 ? 'all topics are there\n' : `created: ${created.join(', ')}\n`);
} catch (error) {
  process.stderr.write(`the topics could not be applied: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await kafka.close();
}
