import { forgetCommits, GroupInUseError, type KafkaHandle } from '@claimwire/kafka';
import { inTransaction, type Pool } from '@claimwire/postgres';
import { UsageError } from '../usage-error.js';
import type { LaneView } from './read-lanes.js';

/** Where a lane goes on: where PostgreSQL stands, at the log's beginning or end, or at an offset. */
export type From = 'stored' | 'earliest' | 'latest' | bigint;

/** @throws UsageError for anything else */
export function readFrom(text: string | undefined): From {
  if (text === 'stored' || text === 'earliest' || text === 'latest') return text;
  if (text !== undefined && /^\d{1,18}$/.test(text)) return BigInt(text);
  throw new UsageError('--from: "stored", "earliest", "latest" or an offset.');
}

/**
 * The offset that a lane would go on at.
 * @throws UsageError where the log does not hold it: the consumer would only stop there again
 */
export function nextOffset({ consumer, topic, partition, nextOffset: stored, log }: LaneView, from: From): bigint {
  if (log === null) throw new UsageError(`${topic}/${partition} is not there: create the topics first.`);
  const offset = from === 'stored' ? stored : from === 'earliest' ? log.low : from === 'latest' ? log.high : from;
  if (log.low <= offset && offset <= log.high) return offset;
  const held = `${topic}/${partition} holds ${log.low} to ${log.high}`;
  throw new UsageError(
    `${consumer} cannot go on at ${offset}: ${held}. Say --from earliest, latest or an offset in it.`,
  );
}

/**
 * Sets where these lanes go on and that this is of the topics as they are now. Kafka forgets what the groups have committed,
 * which it does only where no process of theirs runs; a process that comes meanwhile is fenced by the new epoch.
 * @throws UsageError while a consumer runs, or where an offset is not in the log; nothing is changed then
 */
export async function acceptLanes(
  pool: Pool,
  handle: KafkaHandle,
  lanes: readonly LaneView[],
  from: From,
): Promise<void> {
  const accepted = lanes.map((lane) => ({ ...lane, offset: nextOffset(lane, from) }));
  for (const consumer of new Set(lanes.map((lane) => lane.consumer))) await forget(handle, consumer);
  await inTransaction(pool, async (client) => {
    await client.query(
      `update consumer_lanes lane set next_offset = accepted.next_offset, topic_id = accepted.topic_id, epoch = epoch + 1
       from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[])
         as accepted (consumer, topic, partition, next_offset, topic_id)
       where lane.consumer = accepted.consumer and lane.topic = accepted.topic and lane.partition = accepted.partition`,
      [
        accepted.map(({ consumer }) => consumer),
        accepted.map(({ topic }) => topic),
        accepted.map(({ partition }) => partition),
        accepted.map(({ offset }) => String(offset)),
        accepted.map(({ log }) => log?.topicId ?? null),
      ],
    );
  });
}

async function forget(handle: KafkaHandle, consumer: string): Promise<void> {
  try {
    await forgetCommits(handle, consumer);
  } catch (error) {
    if (!(error instanceof GroupInUseError)) throw error;
    throw new UsageError(`${consumer} runs: stop all of its processes first (a killed one counts for 6 s more).`);
  }
}
