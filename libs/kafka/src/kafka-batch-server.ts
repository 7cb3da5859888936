import type { ProgressOptions } from '@claimwire/service-host';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
import type { Batch } from './batch.js';
import { KAFKA_BATCH_TRANSPORT, type KafkaBatchOptions, type Settlement } from './kafka-batch.decorator.js';
import type { KafkaHandle } from './kafka-handle.js';

export type ConsumerTuning = Pick<
  BatchConsumerOptions,
  'lanes' | 'hooks' | 'concurrency' | 'fetchAhead' | 'fetchBytes' | 'maxMessages'
>;

export interface KafkaBatchServerOptions {
  /** By consumer name. */
  consumers?: Record<string, ConsumerTuning>;
  /** Of every consumer; absent = a handler that does not return goes unnoticed. */
  stall?: ProgressOptions;
  /** Ends the process by default, with status 1: a consumer that died in silence would be worse. */
  onCrash?: (error: unknown) => void;
}

/** Runs every `@KafkaBatch` method of an application as a Nest transport, one group consumer each. */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BATCH_TRANSPORT;
  private readonly consumers = new Map<string, BatchConsumer>();

  constructor(
    private readonly handle: KafkaHandle,
    private readonly options: KafkaBatchServerOptions = {},
  ) {
    super();
  }

  /** Starts the consumers and returns at once: they wait for a broker that is away. */
  listen(callback: () => void): void {
    for (const handler of this.messageHandlers.values()) {
      const { consumer, topics } = handler.extras as unknown as KafkaBatchOptions;
      const onCrash = this.options.onCrash ?? (() => process.exit(1));
      const tuning = this.options.consumers?.[consumer];
      const batches = new BatchConsumer(this.handle, {
        consumer,
        topics,
        handler: runner(handler),
        onCrash,
        stall: this.options.stall,
        ...tuning,
      });
      this.consumers.set(consumer, batches);
      batches.start();
    }
    callback();
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
  }

  /** True once all consumers are members of their groups, else which is not, and why. */
  readiness(): true | string {
    return this.first((consumer) => consumer.readiness());
  }

  liveness(): true | string {
    return this.first((consumer) => consumer.liveness());
  }

  on(): never {
    throw new Error('the batch transport emits no events');
  }

  unwrap<T>(): T {
    return [...this.consumers.values()] as T;
  }

  private first(check: (consumer: BatchConsumer) => true | string): true | string {
    for (const [name, consumer] of this.consumers) {
      const answer = check(consumer);
      if (answer !== true) return `${name}: ${answer}`;
    }
    return true;
  }
}

const runner = (handler: MessageHandler) => async (batch: Batch) => {
  const answer: unknown = await handler(batch);
  const settlement = (isObservable(answer) ? await lastValueFrom(answer) : answer) as Settlement;
  if (!settlement.settled) throw settlement.error;
};
