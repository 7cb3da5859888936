import type { ClaimFact } from '@claimwire/claim';
import { rawTopic, type MessageHeaders, type Notice } from '@claimwire/contracts';
import type { RawSource } from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';
import { normaliseMessage, type ConnectionView } from './normalise-message.js';
import type { RawMessage, ReadMessage } from './raw-message.js';

/** A fact as it arrived, with the trace it belongs to. */
export interface ArrivedFact {
  fact: ClaimFact;
  traceparent: string | undefined;
}

export interface ArrivedNotice {
  notice: Notice;
  headers: MessageHeaders;
}

export interface QuarantinedMessage {
  reason: string;
  message: RawMessage;
}

/** A batch in order of arrival, split by what becomes of its messages. */
export interface NormalisedBatch {
  facts: ArrivedFact[];
  notices: ArrivedNotice[];
  quarantined: QuarantinedMessage[];
  /** Messages by outcome: facts, notice, ignored, quarantine. */
  counts: Record<string, number>;
}

export interface RawBatch {
  topic: string;
  partition: number;
  messages: readonly ReadMessage[];
}

const SOURCES = new Map(PROVIDERS.flatMap(({ sources }) => sources.map((source) => [rawTopic(source.source), source])));

/** Every topic that some provider normalises. */
export const RAW_TOPICS: readonly string[] = [...SOURCES.keys()];

/** @throws Error for a topic that no provider owns: a bug, RAW_TOPICS is what we subscribe to */
export function sourceOf(topic: string): RawSource {
  const source = SOURCES.get(topic);
  if (!source) throw new Error(`no provider normalises ${topic}`);
  return source;
}

/** @param observe sees each message right after it was normalised, while its parsed body is at hand */
export function normaliseBatch(
  { topic, partition, messages }: RawBatch,
  connections: ReadonlyMap<string, ConnectionView>,
  observe: (message: RawMessage) => void = () => undefined,
): NormalisedBatch {
  const context = { source: sourceOf(topic), topic, partition, connections };
  const batch: NormalisedBatch = { facts: [], notices: [], quarantined: [], counts: {} };
  for (const message of messages) {
    const settled = normaliseMessage(message, context);
    observe(message.message);
    batch.counts[settled.kind] = (batch.counts[settled.kind] ?? 0) + 1;
    if (settled.kind === 'facts') {
      for (const fact of settled.facts) batch.facts.push({ fact, traceparent: settled.traceparent });
    } else if (settled.kind === 'notice') batch.notices.push(settled);
    else if (settled.kind === 'quarantine') batch.quarantined.push(settled);
  }
  return batch;
}
