import { randomUUID } from 'node:crypto';
import { BatchConsumer, type BatchMessage, type KafkaHandle } from '@claimwire/kafka';

export interface Collected extends BatchMessage {
  partition: number;
}

/** Reads topics from their beginning into memory, for tests that look at what was published. */
export class TopicCollector {
  readonly messages: Collected[] = [];
  private readonly consumer: BatchConsumer;

  constructor(handle: KafkaHandle, topics: string[]) {
    this.consumer = new BatchConsumer(handle, {
      consumer: `collector-${randomUUID()}`,
      topics,
      handler: async ({ messages, partition }) => {
        this.messages.push(...messages.map((message) => ({ ...message, partition })));
      },
      onCrash: (error) => {
        throw error;
      },
    });
    this.consumer.start();
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  /** Parsed values by key, each in the order published. */
  byKey<T>(): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const { key, value } of this.messages) {
      const name = key?.toString() ?? '';
      groups.set(name, [...(groups.get(name) ?? []), JSON.parse(value?.toString() ?? 'null') as T]);
    }
    return groups;
  }
}
