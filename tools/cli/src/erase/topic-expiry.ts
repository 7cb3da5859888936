import {
  EVENTS_TOPIC,
  parseClaimKey,
  QUARANTINE_TOPIC,
  RAW_SOURCES,
  rawTopic,
  STATE_TOPIC,
} from '@claimwire/contracts';
import { topicSettings, type KafkaHandle } from '@claimwire/kafka';

/** Until when a topic may hold messages of the claim; the broker removes them, no message can be removed alone. */
export interface TopicExpiry {
  topic: string;
  /** What the broker keeps a message for; null = for ever. */
  retentionMs: number | null;
  /** All of the claim's messages are gone by then; null = never, or by compaction (`compacted`). */
  expiresAt: string | null;
  /** The tombstone removes them when the broker compacts, which it does in its own time. */
  compacted: boolean;
}

/** A segment goes as a whole, when its newest message is old enough; the broker looks every five minutes. */
const CHECK_MS = 5 * 60_000;

/** Raw topics of the claim's provider, and where its events went: all that can hold something of it. */
function topicsOf(claimKey: string): string[] {
  const provider = parseClaimKey(claimKey).provider.replace(/-test$/, '');
  const sources = RAW_SOURCES.filter((source) => source === provider || source.startsWith(`${provider}-`));
  return [...sources.map(rawTopic), QUARANTINE_TOPIC, EVENTS_TOPIC, STATE_TOPIC];
}

/** @param from when the last message of the claim can have been written */
export async function topicExpiries(handle: KafkaHandle, claimKey: string, from: Date): Promise<TopicExpiry[]> {
  const topics = topicsOf(claimKey);
  const settings = await topicSettings(handle, topics, ['retention.ms', 'segment.ms', 'cleanup.policy']);
  return topics.flatMap((topic): TopicExpiry[] => {
    const found = settings.get(topic);
    if (!found) return [];
    const compacted = !(found['cleanup.policy'] ?? '').includes('delete');
    const retention = Number(found['retention.ms']);
    if (compacted || !(retention >= 0)) return [{ topic, retentionMs: null, expiresAt: null, compacted }];
    const at = from.getTime() + retention + Number(found['segment.ms']) + CHECK_MS;
    return [{ topic, retentionMs: retention, expiresAt: new Date(at).toISOString(), compacted }];
  });
}
