import { claimEventFacts, decodeHeaders, noticeFacts, NOTICES_TOPIC } from '@claimwire/contracts';
import type { ClaimEvent, EventFacts, Notice } from '@claimwire/contracts';
import type { Batch, BatchMessage } from '@claimwire/kafka';
import type { BindingIndex } from './matching/binding-index.js';
import type { NewDelivery } from './sending/insert-deliveries.js';

/** A message of `claims.events.v1` or `claims.notices.v1`. */
export interface ReadEvent {
  facts: EventFacts;
  message: Buffer;
  traceparent: string | undefined;
}

/** @throws Error when it is no message of ours: nothing is guessed */
function readEvent(topic: string, { value, headers }: BatchMessage): ReadEvent {
  if (value === null) throw new Error(`a message of ${topic} has no value`);
  const { connection, traceparent } = decodeHeaders(headers);
  const parsed = JSON.parse(value.toString('utf8')) as unknown;
  const facts =
    topic === NOTICES_TOPIC ? noticeFacts(parsed as Notice, connection) : claimEventFacts(parsed as ClaimEvent);
  return { facts, message: value, traceparent };
}

export const readBatch = ({ topic, messages }: Batch): ReadEvent[] =>
  messages.map((message) => readEvent(topic, message));

/**
 * One delivery per event and webhook that wants it, in the order of the events; a repeated event counts once.
 * @param keepsTraces tracing is on: deliveries know the trace of their event
 */
export function matchEvents(index: BindingIndex, events: readonly ReadEvent[], keepsTraces = false): NewDelivery[] {
  const unique = new Map(events.map((event) => [event.facts.id, event]));
  return [...unique.values()].flatMap(({ facts, traceparent }) =>
    index.match(facts).map((webhookId) => (keepsTraces ? { webhookId, facts, traceparent } : { webhookId, facts })),
  );
}
