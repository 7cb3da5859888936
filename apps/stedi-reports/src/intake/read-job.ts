import { decodeHeaders, type MessageHeaders } from '@claimwire/contracts';
import type { Batch, BatchMessage } from '@claimwire/kafka';
import { readTransactionEvent } from '@claimwire/provider-stedi';
import type { NewJob } from '../jobs/job.js';

/** Nothing to do here; `reason` is counted. What is wrong with such an event is the normaliser's to say. */
export interface Skipped {
  kind: 'skipped';
  reason: string;
}

/** Reads a message of the raw topic. */
export function readJob(
  message: BatchMessage,
  { topic, partition }: Pick<Batch, 'topic' | 'partition'>,
): { kind: 'job'; job: NewJob } | Skipped {
  const headers = readHeaders(message);
  if (!headers || !message.value) return { kind: 'skipped', reason: 'not_a_raw_event' };
  const event = readTransactionEvent(message.value);
  if (event.kind === 'other') return { kind: 'skipped', reason: event.reason };
  const job: NewJob = {
    origin: 'webhook',
    headers,
    event,
    message: { key: message.key?.toString() ?? null, value: message.value },
    source: { topic, partition, offset: String(message.offset) },
  };
  return { kind: 'job', job };
}

function readHeaders(message: BatchMessage): MessageHeaders | null {
  try {
    return decodeHeaders(message.headers);
  } catch {
    return null;
  }
}
