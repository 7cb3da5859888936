import { decodeHeaders, type MessageHeaders } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import { readTransactionEvent, type TransactionEvent } from '@claimwire/provider-stedi';

export type TransactionFacts = Extract<TransactionEvent, { kind: 'transaction' }>;

/** One transaction whose report is to be fetched, with the message that announced it. */
export interface ReportJob {
  kind: 'job';
  headers: MessageHeaders;
  event: TransactionFacts;
  message: BatchMessage;
}

/** Nothing to do here; `reason` is counted. What is wrong with such an event is the normaliser's to say. */
export interface Skipped {
  kind: 'skipped';
  reason: string;
}

/** Reads a message of the raw topic. */
export function readJob(message: BatchMessage): ReportJob | Skipped {
  const headers = readHeaders(message);
  if (!headers || !message.value) return { kind: 'skipped', reason: 'not_a_raw_event' };
  const event = readTransactionEvent(message.value);
  if (event.kind === 'other') return { kind: 'skipped', reason: event.reason };
  return { kind: 'job', headers, event, message };
}

function readHeaders(message: BatchMessage): MessageHeaders | null {
  try {
    return decodeHeaders(message.headers);
  } catch {
    return null;
  }
}
