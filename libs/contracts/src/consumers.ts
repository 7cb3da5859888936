import { EVENTS_TOPIC, NOTICES_TOPIC, QUARANTINE_TOPIC, RAW_SOURCES, rawTopic } from './topics.js';

/** Our own consumers and the topics that each reads; their groups are called "claimwire-<consumer>". */
export const CONSUMERS = {
  normalizer: RAW_SOURCES.map(rawTopic),
  'quarantine-index': [QUARANTINE_TOPIC],
  'stedi-reports': [rawTopic('stedi')],
  fanout: [EVENTS_TOPIC, NOTICES_TOPIC],
} as const satisfies Record<string, readonly string[]>;

export type ConsumerName = keyof typeof CONSUMERS;
