import { CONSUMERS, type ConsumerName } from './consumers.js';
import { EVENTS_TOPIC, NOTICES_TOPIC, QUARANTINE_TOPIC, RAW_SOURCES, rawTopic, STATE_TOPIC, TOPICS } from './topics.js';

/** What one process may do in Kafka, and no more; topics without the deployment's prefix. */
export interface KafkaAccess {
  /** Each reads its topics in a group of its own. */
  readonly consumers: readonly ConsumerName[];
  /** Topics read by an operator's request, in groups that last for one answer: "claimwire-read-…". */
  readonly looksInto: readonly string[];
  readonly writes: readonly string[];
  /** Topics of which it knows no more than how far they reach. */
  readonly describes: readonly string[];
  /** Creates topics, and sets their settings. */
  readonly managesTopics: boolean;
}

const access = (rights: Partial<KafkaAccess>): KafkaAccess => ({
  consumers: [],
  looksInto: [],
  writes: [],
  describes: [],
  managesTopics: false,
  ...rights,
});

const RAW_TOPICS = RAW_SOURCES.map(rawTopic);
/** Reports of Stedi are fetched; every other source of raw events has an ingress. */
const REPORTS: string = 'stedi-reports';

/** By process: an app's name, or the Job "topics". Broker ACLs, docs/kafka.md and the test of a secured cluster come from here. */
export const KAFKA_ACCESS: Readonly<Record<string, KafkaAccess>> = {
  ...Object.fromEntries(
    RAW_SOURCES.filter((source) => source !== REPORTS).map((source) => [
      `ingress-${source}`,
      access({ writes: [rawTopic(source), QUARANTINE_TOPIC] }),
    ]),
  ),
  normalizer: access({
    consumers: ['normalizer', 'quarantine-index'],
    writes: [EVENTS_TOPIC, STATE_TOPIC, NOTICES_TOPIC, QUARANTINE_TOPIC],
  }),
  'stedi-reports': access({ consumers: ['stedi-reports'], writes: [rawTopic(REPORTS), QUARANTINE_TOPIC] }),
  fanout: access({ consumers: ['fanout'], writes: [NOTICES_TOPIC] }),
  api: access({
    looksInto: [...RAW_TOPICS, QUARANTINE_TOPIC],
    writes: RAW_TOPICS,
    describes: [...new Set(Object.values(CONSUMERS).flat())],
  }),
  topics: access({ managesTopics: true, describes: TOPICS.map(({ name }) => name) }),
};
