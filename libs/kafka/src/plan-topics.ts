import type { TopicSpec } from '@claimwire/contracts';
import kafkajs, { type Admin } from 'kafkajs';
import type { ReplicationOptions } from './apply-topics.js';
import type { KafkaHandle } from './kafka-handle.js';

/** Node sees only some of this CommonJS package's names as exports. */
const { ConfigResourceTypes } = kafkajs;
/** Source of a setting that somebody made for this very topic. */
const OF_THE_TOPIC = 1;

/** One difference between a topic as it is and as it must be. Names are without the deployment's prefix. */
export type TopicChange =
  | { kind: 'create'; topic: string; partitions: number; replication: number; config: Record<string, string> }
  /** `to: null` = a setting that is not ours, which goes back to the broker's default. */
  | { kind: 'configure'; topic: string; setting: string; from: string | null; to: string | null }
  /** Refused: keys would move. */
  | { kind: 'partitions'; topic: string; from: number; to: number }
  /** Not done by us: replicas are moved with Kafka's own tools. */
  | { kind: 'replication'; topic: string; from: number; to: number };

interface FoundTopic {
  partitions: number;
  replication: number;
  /** Settings of its own, and what applies for those that are asked for. */
  own: ReadonlyMap<string, string>;
  effective: ReadonlyMap<string, string>;
}

/** What `applyTopics` would do, and what it would refuse. Changes nothing. @throws while the broker cannot be reached */
export async function planTopics(
  handle: KafkaHandle,
  specs: readonly TopicSpec[],
  options: ReplicationOptions,
): Promise<TopicChange[]> {
  const found = await handle.withAdmin((admin) => findTopics(handle, admin, specs));
  return specs.flatMap((spec) => changesOf(spec, found.get(spec.name), options));
}

/** Pure: see planTopics. */
export function changesOf(
  { name: topic, partitions, config }: TopicSpec,
  found: FoundTopic | undefined,
  { replication, minInsync }: ReplicationOptions,
): TopicChange[] {
  const wanted: Record<string, string> = { ...config, 'min.insync.replicas': String(minInsync) };
  if (!found) return [{ kind: 'create', topic, partitions, replication, config: wanted }];
  const changes: TopicChange[] = [];
  if (found.partitions !== partitions) {
    changes.push({ kind: 'partitions', topic, from: found.partitions, to: partitions });
  }
  if (found.replication !== replication) {
    changes.push({ kind: 'replication', topic, from: found.replication, to: replication });
  }
  for (const [setting, to] of Object.entries(wanted)) {
    const from = found.effective.get(setting) ?? null;
    if (from !== to) changes.push({ kind: 'configure', topic, setting, from, to });
  }
  for (const [setting, from] of found.own) {
    if (!(setting in wanted)) changes.push({ kind: 'configure', topic, setting, from, to: null });
  }
  return changes;
}

async function findTopics(
  handle: KafkaHandle,
  admin: Admin,
  specs: readonly TopicSpec[],
): Promise<Map<string, FoundTopic>> {
  const onBroker = new Set(await admin.listTopics());
  const topics = specs.map(({ name }) => handle.topic(name)).filter((name) => onBroker.has(name));
  if (topics.length === 0) return new Map();
  const metadata = await admin.fetchTopicMetadata({ topics });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const settings = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return new Map(
    metadata.topics.map(({ name, partitions }) => {
      const entries = settings.get(name) ?? [];
      const pairs = entries.map(({ configName, configValue }) => [configName, configValue] as const);
      const own = entries.filter(({ configSource }) => (configSource as number) === OF_THE_TOPIC);
      const found = {
        partitions: partitions.length,
        replication: Math.max(0, ...partitions.map(({ replicas }) => replicas.length)),
        own: new Map(own.map(({ configName, configValue }) => [configName, configValue])),
        effective: new Map(pairs),
      };
      return [handle.withoutPrefix(name), found] as const;
    }),
  );
}
