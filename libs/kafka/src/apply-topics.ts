import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicSpec } from '@claimwire/contracts';
import kafkajs, { type Admin } from 'kafkajs';
import { isTransient } from './classify-error.js';
import { TopicMismatchError } from './errors.js';
import type { KafkaHandle } from './kafka-handle.js';

/** Node sees only some of this CommonJS package's names as exports. */
const { ConfigResourceTypes } = kafkajs;

/** A loaded cluster takes its time to tell all brokers of a new topic. */
const SERVED_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

export interface ReplicationOptions {
  replication: number;
  minInsync: number;
}

/**
 * Creates the topics that are missing and brings the settings of the others up to date. Running it twice changes nothing.
 * @returns names of the topics created, without prefix
 * @throws TopicMismatchError before anything is changed, if a topic has another partition count: keys would move
 */
export function applyTopics(
  handle: KafkaHandle,
  specs: readonly TopicSpec[],
  options: ReplicationOptions,
): Promise<string[]> {
  return handle.withAdmin((admin) => apply(handle, admin, specs, options));
}

async function apply(
  handle: KafkaHandle,
  admin: Admin,
  specs: readonly TopicSpec[],
  { replication, minInsync }: ReplicationOptions,
): Promise<string[]> {
  const existing = await partitionCounts(handle, admin, specs);
  const wrong = specs.filter(({ name, partitions }) => (existing.get(name) ?? partitions) !== partitions);
  if (wrong.length > 0) {
    const list = wrong.map(({ name, partitions }) => `${name} has ${existing.get(name)} partitions, not ${partitions}`);
    throw new TopicMismatchError(`${list.join('; ')}. Counts are never changed in place: keys would move.`);
  }
  const wanted = specs.map((spec) => ({
    ...spec,
    config: { ...spec.config, 'min.insync.replicas': String(minInsync) },
  }));
  const missing = wanted.filter(({ name }) => !existing.has(name));
  await create(handle, admin, missing, replication);
  await configure(
    handle,
    admin,
    wanted.filter(({ name }) => existing.has(name)),
  );
  return missing.map(({ name }) => name);
}

async function partitionCounts(handle: KafkaHandle, admin: Admin, specs: readonly TopicSpec[]) {
  const onBroker = new Set(await admin.listTopics());
  const topics = specs.map(({ name }) => handle.topic(name)).filter((name) => onBroker.has(name));
  if (topics.length === 0) return new Map<string, number>();
  const metadata = await admin.fetchTopicMetadata({ topics });
  return new Map(metadata.topics.map(({ name, partitions }) => [handle.withoutPrefix(name), partitions.length]));
}

async function create(handle: KafkaHandle, admin: Admin, specs: TopicSpec[], replicationFactor: number) {
  if (specs.length === 0) return;
  await admin.createTopics({
    // It gives up as soon as one broker has not heard of a topic yet.
    waitForLeaders: false,
    topics: specs.map(({ name, partitions, config }) => ({
      topic: handle.topic(name),
      numPartitions: partitions,
      replicationFactor,
      configEntries: entries(config),
    })),
  });
  await untilServed(
    admin,
    specs.map(({ name }) => handle.topic(name)),
  );
}

/**
 * Metadata names a leader before that one knows of it: only an answer about every partition shows that it serves.
 * @throws the last answer, when that takes too long
 */
async function untilServed(admin: Admin, topics: string[]): Promise<void> {
  const until = performance.now() + SERVED_WITHIN_MS;
  for (;;) {
    try {
      for (const topic of topics) await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (!isTransient(error) || performance.now() > until) throw error;
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

async function configure(handle: KafkaHandle, admin: Admin, specs: TopicSpec[]) {
  if (specs.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: specs.map(({ name, config }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: handle.topic(name),
      configEntries: entries(config),
    })),
  });
}

const entries = (config: Record<string, string>) => Object.entries(config).map(([name, value]) => ({ name, value }));
