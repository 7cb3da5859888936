import kafkajs from 'kafkajs';
import type { KafkaHandle } from './kafka-handle.js';

/** Node sees only some of this CommonJS package's names as exports. */
const { ConfigResourceTypes } = kafkajs;

/**
 * Settings as the broker applies them, its own defaults included.
 * @param topics without the deployment's prefix
 * @returns by topic; those that do not exist are missing
 */
export function topicSettings(
  handle: KafkaHandle,
  topics: readonly string[],
  names: readonly string[],
): Promise<Map<string, Record<string, string>>> {
  return handle.withAdmin(async (admin) => {
    const onBroker = new Set(await admin.listTopics());
    const asked = topics.filter((topic) => onBroker.has(handle.topic(topic)));
    if (asked.length === 0) return new Map<string, Record<string, string>>();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: asked.map((topic) => ({
        type: ConfigResourceTypes.TOPIC,
        name: handle.topic(topic),
        configNames: [...names],
      })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        handle.withoutPrefix(resourceName),
        Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  });
}
