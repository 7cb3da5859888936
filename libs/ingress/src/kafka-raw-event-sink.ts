import { createKafka, kafkaOptions, type KafkaHandle, KafkaPublisher } from '@claimwire/kafka';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { IngressConfig } from './ingress-config.js';
import { IngressMetrics } from './metrics.js';
import type { RawEventRecord, RawEventSink } from './raw-event-sink.js';

/** Durable = acknowledged by all in-sync replicas of Kafka within the request's deadline. */
@Injectable()
export class KafkaRawEventSink implements RawEventSink, OnModuleInit, OnApplicationShutdown {
  private readonly handle: KafkaHandle;
  private readonly publisher: KafkaPublisher;

  constructor(config: IngressConfig, metrics: IngressMetrics) {
    this.handle = createKafka(kafkaOptions(config));
    this.publisher = new KafkaPublisher(this.handle, {
      deadlineMs: config.PUBLISH_DEADLINE_MS,
      onSettled: (elapsedMs) => metrics.publishSeconds.add(elapsedMs / 1_000),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.publisher.start();
  }

  accept(record: RawEventRecord): Promise<unknown> {
    return this.publisher.publish(record);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.stop();
    await this.handle.close();
  }
}
