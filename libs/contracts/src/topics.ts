export interface TopicSpec {
  /** Name without the deployment's prefix. */
  name: string;
  partitions: number;
  config: Record<string, string>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Raw and quarantine topics take messages of 4 MiB: a body of 1 MiB with headers, or a large report part. */
const LARGE_MESSAGE = { 'max.message.bytes': String(4 * 1024 * 1024) };
const keepFor = (days: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY_MS) });

export const EVENTS_TOPIC = 'claims.events.v1';
export const STATE_TOPIC = 'claims.state.v1';
export const NOTICES_TOPIC = 'claims.notices.v1';
export const QUARANTINE_TOPIC = 'claims.quarantine.v1';

/** Topic of a provider's raw bytes, for example "claims.raw.cair.v1". */
export const rawTopic = (source: string): string => `claims.raw.${source}.v1`;

/** Source names that have a raw topic. A generated provider adds its name here. */
export const RAW_SOURCES = ['cair', 'curacel', 'tpastream', 'stedi', 'stedi-reports'] as const;

/** Every topic. Partition counts are never changed in place: keys would move to other partitions. */
export const TOPICS: readonly TopicSpec[] = [
  ...RAW_SOURCES.map((source) => ({
    name: rawTopic(source),
    partitions: 6,
    config: { ...keepFor(30), ...LARGE_MESSAGE },
  })),
  { name: QUARANTINE_TOPIC, partitions: 3, config: { ...keepFor(90), ...LARGE_MESSAGE } },
  { name: EVENTS_TOPIC, partitions: 6, config: keepFor(30) },
  { name: STATE_TOPIC, partitions: 6, config: { 'cleanup.policy': 'compact' } },
  { name: NOTICES_TOPIC, partitions: 3, config: keepFor(30) },
];
