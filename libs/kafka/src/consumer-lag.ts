import { CONSUMERS } from '@claimwire/contracts';
import type { KafkaHandle } from './kafka-handle.js';
import { logRanges, offsetsAt } from './log-offsets.js';
import { oldestAges } from './oldest-ages.js';

/** One consumer's place on one partition, seen from outside its group. */
export interface PartitionLag {
  consumer: string;
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  /** First offset that is not settled: PostgreSQL's, the truth (docs/architecture.md, guarantee 4). */
  next: bigint;
  /** Offset that the next message will get. */
  high: bigint;
  /** Messages. */
  lag: bigint;
  /** Age of the oldest unsettled message that the log still holds, in seconds; 0 = there is none. */
  seconds: number;
}

/** Where a consumer stands on one partition: the first offset that is not settled. */
export interface SettledOffset {
  consumer: string;
  topic: string;
  partition: number;
  next: bigint;
}

type Positions = Omit<PartitionLag, 'seconds'>[];

/**
 * The lag of every consumer of ours on every partition, also of one that never ran or is dead.
 * @param settledOffsets as PostgreSQL has them, which is the truth
 * @throws while Kafka cannot be reached
 */
export async function readConsumerLag(
  kafka: KafkaHandle,
  settledOffsets: readonly SettledOffset[],
): Promise<PartitionLag[]> {
  const settled = new Map(
    settledOffsets.map(({ consumer, topic, partition, next }) => [keyOf(consumer, topic, partition), next]),
  );
  const topics = new Set(Object.values(CONSUMERS).flat());
  const answers: PartitionLag[] = [];
  for (const topic of topics) answers.push(...(await lagOf(kafka, topic, settled)));
  return answers;
}

async function lagOf(kafka: KafkaHandle, topic: string, settled: ReadonlyMap<string, bigint>): Promise<PartitionLag[]> {
  const ranges = await logRanges(kafka, topic);
  const answers: PartitionLag[] = [];
  for (const consumer of readersOf(topic)) {
    const oldest = new Map<number, bigint>();
    const positions: Positions = [...ranges].sort(byPartition).map(([partition, { low, high }]) => {
      const next = settled.get(keyOf(consumer, topic, partition)) ?? low;
      // What retention removed has no age any more.
      const first = next > low ? next : low;
      if (first < high) oldest.set(partition, first);
      return { consumer, topic, partition, next, high, lag: high > next ? high - next : 0n };
    });
    const ages = await oldestAges(oldest, (timestamp) => offsetsAt(kafka, topic, timestamp), Date.now());
    answers.push(...positions.map((position) => ({ ...position, seconds: ages.get(position.partition) ?? 0 })));
  }
  return answers;
}

const readersOf = (topic: string): string[] =>
  Object.entries(CONSUMERS)
    .filter(([, topics]) => (topics as readonly string[]).includes(topic))
    .map(([consumer]) => consumer);

/** The brokers name them in an order of their own, which changes. */
const byPartition = ([a]: [number, unknown], [b]: [number, unknown]): number => a - b;

const keyOf = (consumer: string, topic: string, partition: number): string => `${consumer}/${topic}/${partition}`;
