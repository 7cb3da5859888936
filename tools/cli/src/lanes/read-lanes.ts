import { judgePosition, readLogStates, type KafkaHandle, type LaneVerdict, type LogState } from '@claimwire/kafka';
import type { Pool } from '@claimwire/postgres';

export interface LaneView {
  consumer: string;
  topic: string;
  partition: number;
  nextOffset: bigint;
  topicId: string | null;
  /** null = the topic has no such partition. */
  log: LogState | null;
  verdict: LaneVerdict | 'missing';
}

export interface LaneFilter {
  consumer?: string;
  topic?: string;
  partition?: number;
}

interface Row {
  consumer: string;
  topic: string;
  partition: number;
  next_offset: string;
  topic_id: string | null;
}

/** Every place that a consumer keeps in PostgreSQL, beside what Kafka has there now. A lane without a raw log (the hub's own notices) has none. */
export async function readLanes(pool: Pool, handle: KafkaHandle, filter: LaneFilter = {}): Promise<LaneView[]> {
  const { rows } = await pool.query<Row>(
    `select consumer, topic, partition, next_offset, topic_id from consumer_lanes
     where ($1::text is null or consumer = $1) and ($2::text is null or topic = $2) and ($3::int is null or partition = $3)
       and epoch > 0
     order by consumer, topic, partition`,
    [filter.consumer ?? null, filter.topic ?? null, filter.partition ?? null],
  );
  const views: LaneView[] = [];
  for (const [consumer, lanes] of Map.groupBy(rows, (row) => row.consumer)) {
    const topics = [...new Set(lanes.map(({ topic }) => topic))];
    const logs = await readLogStates(handle, consumer, topics);
    views.push(...lanes.map((lane) => viewOf(lane, logs.get(lane.topic)?.get(lane.partition) ?? null)));
  }
  return views;
}

function viewOf({ next_offset, topic_id: topicId, ...lane }: Row, log: LogState | null): LaneView {
  const nextOffset = BigInt(next_offset);
  const verdict = log === null ? 'missing' : judgePosition({ nextOffset, topicId }, log);
  return { ...lane, nextOffset, topicId, log, verdict };
}
