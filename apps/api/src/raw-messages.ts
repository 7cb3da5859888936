import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import {
  createKafka,
  kafkaOptions,
  KafkaPublisher,
  readMessages,
  type BatchMessage,
  type PublishRecord,
} from '@claimwire/kafka';
import { ApiConfig } from './config.js';
import { Problem } from './http/problem.js';

/** Raw messages by their places, for an operator's requests; connects when first asked. */
@Injectable()
export class RawMessages implements OnApplicationShutdown {
  private readonly kafka;
  private readonly publisher;

  constructor(config: ApiConfig) {
    this.kafka = createKafka(kafkaOptions(config));
    this.publisher = new KafkaPublisher(this.kafka);
  }

  /** @throws Problem 410 when the topic's retention removed it, 503 when Kafka does not answer */
  async read({ topic, ...place }: { topic: string; partition: number; offset: string }): Promise<BatchMessage> {
    const [message] = await this.readAll(topic, [place]);
    if (!message) throw new Problem(410, "The message is no longer on its topic: the topic's retention removed it.");
    return message;
  }

  /** @returns in the order of `places`, null for what retention removed. @throws Problem 503 */
  readAll(topic: string, places: readonly { partition: number; offset: string }[]): Promise<(BatchMessage | null)[]> {
    const numbered = places.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
    return this.orUnavailable(() => readMessages(this.kafka, topic, numbered));
  }

  /** In this order where they have the same key. @throws Problem 503; some may have landed all the same */
  async publish(records: readonly PublishRecord[]): Promise<void> {
    await this.orUnavailable(() => this.publisher.publishAll(records));
  }

  private async orUnavailable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch {
      throw new Problem(503, 'Kafka does not answer now.');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.stop();
    await this.kafka.close();
  }
}

@Module({ providers: [RawMessages], exports: [RawMessages] })
export class RawMessagesModule {}
