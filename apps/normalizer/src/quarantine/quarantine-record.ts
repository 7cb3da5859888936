import { QUARANTINE_TOPIC } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import type { QuarantinedMessage, RawBatch } from '@claimwire/normalizing';

/** Headers that say why, and where the message came from. */
export const QUARANTINE_HEADERS = {
  reason: 'claimwire-reason',
  stage: 'claimwire-stage',
  topic: 'claimwire-source-topic',
  partition: 'claimwire-source-partition',
  offset: 'claimwire-source-offset',
} as const;

/** The message as it was, key and bytes, with the reason in its headers: a retry publishes it to its source topic again. */
export function quarantineRecord(
  { topic, partition }: Pick<RawBatch, 'topic' | 'partition'>,
  { message, reason }: QuarantinedMessage,
): PublishRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) headers[name] = first.toString();
  }
  return {
    topic: QUARANTINE_TOPIC,
    key: message.key?.toString() ?? '',
    value: message.value,
    headers: {
      ...headers,
      [QUARANTINE_HEADERS.reason]: reason,
      [QUARANTINE_HEADERS.stage]: 'normalise',
      [QUARANTINE_HEADERS.topic]: topic,
      [QUARANTINE_HEADERS.partition]: String(partition),
      [QUARANTINE_HEADERS.offset]: String(message.offset),
    },
  };
}
