import { createRequire } from 'node:module';
import type { ProducerBatch, RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { errorCode, isTransient } from './classify-error.js';
import { PublishTimeoutError } from './errors.js';
import type { KafkaHandle } from './kafka-handle.js';
import { KafkaPublisher } from './kafka-publisher.js';

interface PartitionAnswer {
  partition: number;
  errorCode: number;
  baseOffset: string;
}
const { parse } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce/v7/response.js') as {
  parse(this: void, answer: { topics: { topicName: string; partitions: PartitionAnswer[] }[] }): Promise<unknown>;
};

const PARTITIONS = 2;
const TOPIC = 'claims.events.v1';

/** Answers Produce requests as a broker does, read as kafkajs reads them; it keeps what it does not refuse. */
class RefusingBroker {
  sends = 0;
  readonly log: string[][] = Array.from({ length: PARTITIONS }, () => []);

  /** @param refuse the error of this partition's part of the n-th request, 0 for none */
  constructor(private readonly refuse: (send: number, partition: number) => number) {}

  /** What the publisher uses of a handle. */
  get handle(): KafkaHandle {
    const producer = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      sendBatch: (batch: ProducerBatch) => this.produce(batch),
    };
    const handle = {
      producer: () => producer,
      partitionCount: async () => PARTITIONS,
      topic: (name: string) => name,
      withoutPrefix: (name: string) => name,
    };
    return handle as unknown as KafkaHandle;
  }

  private async produce({ topicMessages = [] }: ProducerBatch): Promise<RecordMetadata[]> {
    this.sends += 1;
    const partitions = new Map<number, PartitionAnswer>();
    for (const { partition = 0, value } of topicMessages.flatMap(({ messages }) => messages)) {
      const log = this.log[partition] as string[];
      const code = this.refuse(this.sends, partition);
      if (!partitions.has(partition)) {
        partitions.set(partition, { partition, errorCode: code, baseOffset: code === 0 ? String(log.length) : '-1' });
      }
      if (code === 0) log.push(String(value));
    }
    const answered = [...partitions.values()];
    await parse({ topics: [{ topicName: TOPIC, partitions: answered }] });
    return answered.map((answer) => ({ topicName: TOPIC, ...answer }));
  }
}

const records = Array.from({ length: 20 }, (_, index) => ({
  topic: TOPIC,
  key: `key ${index}`,
  value: `value ${index}`,
  headers: {},
}));

/** Codes by the Kafka protocol. The last one: appended, and not by as many replicas as it takes. */
describe.each([
  ['KAFKA_STORAGE_ERROR', 56],
  ['NOT_ENOUGH_REPLICAS', 19],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 20],
])('a broker that answers %s', (type, code) => {
  it('is asked again until it takes all, and nothing is lost or out of order', async () => {
    const broker = new RefusingBroker((send) => (send <= 3 ? code : 0));
    const publisher = new KafkaPublisher(broker.handle, { deadlineMs: 30_000 });
    const results = await Promise.all(records.map((record) => publisher.publish(record)));
    expect(broker.sends).toBe(4);
    results.forEach(({ partition, offset }, index) =>
      expect(broker.log[partition]?.[Number(offset)]).toBe(`value ${index}`),
    );
    expect(broker.log.flat()).toHaveLength(records.length);
    await publisher.stop();
  });

  it('for one partition loses nothing of it, whatever the others answer', async () => {
    const broker = new RefusingBroker((send, partition) => (send <= 2 && partition === 1 ? code : 0));
    const publisher = new KafkaPublisher(broker.handle, { deadlineMs: 30_000 });
    await publisher.publishAll(records);
    // The other partition has its records once per request: they are cut by their ids.
    expect(new Set(broker.log.flat())).toEqual(new Set(records.map(({ value }) => value)));
    expect(broker.log[1]).toHaveLength(new Set(broker.log[1]).size);
    await publisher.stop();
  });

  it('for longer than the deadline is an outage that passes, with its reason: who has a spool uses it', async () => {
    const broker = new RefusingBroker(() => code);
    const publisher = new KafkaPublisher(broker.handle, { deadlineMs: 60 });
    const outcomes = await Promise.allSettled(records.map((record) => publisher.publish(record)));
    for (const outcome of outcomes) {
      expect(outcome.status).toBe('rejected');
      const error: unknown = (outcome as PromiseRejectedResult).reason;
      expect(error).toBeInstanceOf(PublishTimeoutError);
      expect([isTransient(error), errorCode(error)]).toEqual([true, type]);
    }
    expect(broker.sends).toBeGreaterThan(1);
    await expect.poll(() => publisher.waiting, { timeout: 20_000 }).toBe(0);
    await publisher.stop();
  });
});
