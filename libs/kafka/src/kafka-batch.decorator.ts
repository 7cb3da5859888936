import { EventPattern } from '@nestjs/microservices';
import type { Batch } from './batch.js';

export interface KafkaBatchOptions {
  /** Short name of the consumer: its group is `<prefix>claimwire-<consumer>`. */
  consumer: string;
  /** Without the deployment's prefix. */
  topics: readonly string[];
}

/** Handlers of this transport only: an app may have others beside it. */
export const KAFKA_BATCH_TRANSPORT = Symbol('KAFKA_BATCH');

/** What a decorated method turns into: Nest's RPC exception filter would replace an error by "Internal server error". */
export type Settlement = { settled: true } | { settled: false; error: unknown };

type BatchMethod = (batch: Batch) => Promise<void>;

/**
 * Makes a controller's method the handler of a consumer: it gets a `Batch`, and the offsets advance when it resolves. One
 * that throws an unknown error ends the process with nothing committed.
 */
export function KafkaBatch(options: KafkaBatchOptions) {
  return (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<BatchMethod>): void => {
    const method = descriptor.value as BatchMethod;
    const settle = async function (this: unknown, batch: Batch): Promise<Settlement> {
      try {
        await method.call(this, batch);
        return { settled: true };
      } catch (error) {
        return { settled: false, error };
      }
    };
    descriptor.value = settle as unknown as BatchMethod;
    const pattern = EventPattern(`kafka-batch:${options.consumer}`, KAFKA_BATCH_TRANSPORT, options);
    (pattern as MethodDecorator)(target, key, descriptor);
  };
}
