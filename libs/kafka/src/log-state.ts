import type { KafkaHandle } from './kafka-handle.js';
import { SETTLED } from './lazy-commits.js';
import { logRanges, type LogRange } from './log-offsets.js';

/** What Kafka says of one partition and one consumer's place in it. */
export interface LogState extends LogRange {
  /** The cluster's id of the topic; null = the brokers do not tell. */
  topicId: string | null;
  /** What a consumer committed last after PostgreSQL did; null = nothing, or an offset that somebody set with Kafka's tools. */
  committed: bigint | null;
}

/** By topic and partition. */
export type LogStates = ReadonlyMap<string, ReadonlyMap<number, LogState>>;

/** @param topics without the deployment's prefix @throws while the broker cannot be reached */
export async function readLogStates(
  handle: KafkaHandle,
  consumer: string,
  topics: readonly string[],
): Promise<LogStates> {
  const states = new Map<string, Map<number, LogState>>();
  for (const topic of topics) {
    const topicId = await handle.topicId(topic);
    const committed = await committedOffsets(handle, consumer, topic);
    const ranges = await logRanges(handle, topic);
    states.set(
      topic,
      new Map([...ranges].map(([at, range]) => [at, { ...range, topicId, committed: committed.get(at) ?? null }])),
    );
  }
  return states;
}

async function committedOffsets(handle: KafkaHandle, consumer: string, topic: string): Promise<Map<number, bigint>> {
  const groupId = handle.groupId(consumer);
  const answer = await handle.withAdmin((admin) => admin.fetchOffsets({ groupId, topics: [handle.topic(topic)] }));
  const known = (answer[0]?.partitions ?? []).filter(({ metadata }) => metadata === SETTLED);
  return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
