import type { KafkaMessage } from 'kafkajs';
import type { BatchMessage } from './batch.js';

/**
 * Cuts what one fetch brought into handler-sized pieces.
 * @param from first offset that is not settled; messages before it are left out
 */
export function* sliceBatch(
  fetched: readonly KafkaMessage[],
  from: bigint,
  maxMessages: number,
): Generator<BatchMessage[]> {
  let start = 0;
  while (start < fetched.length && BigInt(fetched[start]?.offset ?? 0) < from) start += 1;
  for (; start < fetched.length; start += maxMessages) {
    yield fetched.slice(start, start + maxMessages).map(toMessage);
  }
}

function toMessage({ key, value, headers, offset, timestamp }: KafkaMessage): BatchMessage {
  return { key, value, headers: headers ?? {}, offset: BigInt(offset), timestamp: Number(timestamp) };
}
