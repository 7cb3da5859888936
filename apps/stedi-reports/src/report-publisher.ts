import { createKafka, kafkaOptions, type KafkaHandle, KafkaPublisher, type PublishRecord } from '@claimwire/kafka';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { StediReportsConfig } from './config.js';

/** The app's view of Kafka: its publisher, and the handle that its consumer runs on. */
@Injectable()
export class ReportPublisher implements OnModuleInit, OnApplicationShutdown {
  readonly handle: KafkaHandle;
  private readonly publisher: KafkaPublisher;

  constructor(config: StediReportsConfig) {
    this.handle = createKafka(kafkaOptions(config));
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
