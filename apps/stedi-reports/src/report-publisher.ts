import { createKafka, type KafkaHandle, KafkaPublisher, type PublishRecord } from '@claimwire/kafka';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { StediReportsConfig } from './config.js';

/** The app's view of Kafka: its publisher, and the handle that its consumer runs on. */
@Injectable()
export class ReportPublisher implements OnModuleInit, OnApplicationShutdown {
  readonly handle: KafkaHandle;
  private readonly publisher: KafkaPublisher;

  constructor(config: StediReportsConfig) {
    const options = {
      brokers: config.KAFKA_BROKERS,
      clientId: config.KAFKA_CLIENT_ID,
      topicPrefix: config.KAFKA_TOPIC_PREFIX,
    };
    this.handle = createKafka(options);
    this.publisher = new KafkaPublisher(this.handle);
  }

  async onModuleInit(): Promise<void> {
    await this.publisher.start();
  }

  /** @throws as KafkaPublisher: nothing may be settled then */
  async publishAll(records: readonly PublishRecord[]): Promise<void> {
    await this.publisher.publishAll(records);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.stop();
    await this.handle.close();
  }
}
