import { randomUUID } from 'node:crypto';
import { BatchConsumer, type BatchMessage, createKafka, type KafkaOptions } from '@claimwire/kafka';
import { testKafkaBrokers } from '@claimwire/testkit';
import { Logger } from '@nestjs/common';

export interface TopicMessage extends BatchMessage {
  partition: number;
}

/** The reader is no subject of these tests. */
Logger.overrideLogger(false);
const quiet = { warn: () => undefined, error: () => undefined };

/** Follows a topic from its beginning with a group of its own; messages are in offset order per partition. */
export class TopicReader {
  readonly messages: TopicMessage[] = [];
  private readonly kafka;
  private readonly consumer: BatchConsumer;

  constructor(
    topicPrefix: string,
    topic: string,
    brokers = testKafkaBrokers(),
    security: Pick<KafkaOptions, 'tls' | 'sasl'> = {},
  ) {
    this.kafka = createKafka({ brokers, clientId: 'e2e', topicPrefix, logger: quiet, ...security });
    this.consumer = new BatchConsumer(this.kafka, {
      consumer: `e2e-${randomUUID()}`,
      topics: [topic],
      handler: async ({ partition, messages }) => {
        this.messages.push(...messages.map((message) => ({ ...message, partition })));
      },
      onCrash: (error) => {
        throw error;
      },
    });
    this.consumer.start();
  }

  /** Values of one key, parsed. */
  valuesOf<T>(key: string): T[] {
    return this.messages
      .filter((message) => message.key?.toString() === key && message.value !== null)
      .map((message) => JSON.parse(message.value!.toString()) as T);
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
    await this.kafka.close();
  }
}
