import { randomUUID } from 'node:crypto';
import { BatchConsumer, type BatchMessage, type KafkaHandle } from '@claimwire/kafka';

export interface Collected extends BatchMessage {
  partition: number;
}

/** Reads topics from their beginning into memory, for tests that look at what was published. */
export class TopicCollector {
  readonly messages: Collected[] = [];
  /** Last offset that was read, by partition. */
  private readonly readTo = new Map<string, bigint>();
  private readonly consumer: BatchConsumer;

  constructor(handle: KafkaHandle, topics: string[]) {
    this.consumer = new BatchConsumer(handle, {
      consumer: `collector-${randomUUID()}`,
      topics,
      handler: async ({ topic, messages, partition }) => {
        // At least once: a batch comes again when its offset could not be committed. It is on the topic once all the same.
        const place = `${topic}/${partition}`;
        const last = this.readTo.get(place) ?? -1n;
        const fresh = messages.filter(({ offset }) => offset > last);
        this.messages.push(...fresh.map((message) => ({ ...message, partition })));
        this.readTo.set(place, fresh.at(-1)?.offset ?? last);
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
