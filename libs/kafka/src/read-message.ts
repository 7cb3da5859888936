import { randomUUID } from 'node:crypto';
import type { BatchMessage } from './batch.js';
import type { KafkaHandle } from './kafka-handle.js';
import { sliceBatch } from './slice-batch.js';

const TIMEOUT_MS = 15_000;

/**
 * Reads one message by its place, for example a quarantined one that is to be retried. Joins a throw-away group, since
 * kafkajs reads in no other way: for single requests of an operator, never on a hot path.
 * @param topic without the deployment's prefix
 * @returns null when the log no longer holds the offset
 * @throws when the broker does not deliver it within 15 s
 */
export async function readMessage(
  handle: KafkaHandle,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<BatchMessage | null> {
  if (!(await isInLog(handle, topic, partition, offset))) return null;
  const groupId = handle.groupId(`read-${randomUUID()}`);
  const consumer = handle.consumer(groupId, { maxWaitMs: 100 });
  await consumer.connect();
  try {
    return await receive(handle, consumer, { topic, partition, offset });
  } finally {
    await consumer.disconnect();
    const admin = await handle.admin();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

async function isInLog(handle: KafkaHandle, topic: string, partition: number, offset: bigint): Promise<boolean> {
  const admin = await handle.admin();
  const log = (await admin.fetchTopicOffsets(handle.topic(topic))).find((at) => at.partition === partition);
  return log !== undefined && BigInt(log.low) <= offset && offset < BigInt(log.high);
}

async function receive(
  handle: KafkaHandle,
  consumer: ReturnType<KafkaHandle['consumer']>,
  at: { topic: string; partition: number; offset: bigint },
): Promise<BatchMessage | null> {
  const topic = handle.topic(at.topic);
  await consumer.subscribe({ topics: [topic] });
  const { promise, resolve, reject } = Promise.withResolvers<BatchMessage | null>();
  const timer = setTimeout(() => reject(new Error(`${at.topic}/${at.partition}: no answer`)), TIMEOUT_MS);
  consumer.on(consumer.events.GROUP_JOIN, () =>
    consumer.seek({ topic, partition: at.partition, offset: String(at.offset) }),
  );
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  try {
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch }) => {
        if (batch.partition !== at.partition) return;
        const [found] = sliceBatch(batch.messages, at.offset, 1);
        if (found?.[0]) resolve(found[0].offset === at.offset ? found[0] : null);
      },
    });
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
