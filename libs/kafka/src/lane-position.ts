import type { Lane } from '@claimwire/postgres';
import { LanePositionError } from './errors.js';
import type { LogState } from './log-state.js';

/** ok: go on. Else why PostgreSQL's offset and Kafka's log cannot both be right. */
export type LaneVerdict = 'ok' | 'recreated' | 'older_database' | 'deleted' | 'beyond_end';

type Position = Pick<Lane, 'nextOffset' | 'topicId'>;

/**
 * PostgreSQL alone says where a consumer stands, and Kafka's committed offset follows it: one that is ahead was committed by a
 * database that knew more than this one does.
 */
export function judgePosition({ nextOffset, topicId }: Position, log: LogState): LaneVerdict {
  if (topicId && log.topicId && topicId !== log.topicId) return 'recreated';
  if (nextOffset > log.high) return 'beyond_end';
  if (nextOffset < log.low) return 'deleted';
  if (log.committed !== null && log.committed > nextOffset) return 'older_database';
  return 'ok';
}

const WHY: Readonly<Record<Exclude<LaneVerdict, 'ok'>, string>> = {
  recreated: 'the topic was deleted and created again, the offset means nothing in the new one',
  older_database:
    'the group has committed a later offset to Kafka: the database was restored from an older backup, or lost its last commits',
  deleted: 'messages were deleted before they were processed',
  beyond_end: 'the log is shorter than that: Kafka lost messages, or the database is of another cluster',
};

/**
 * kafkajs would reset an offset outside the log in silence (STACK); that, and an offset of another log, would lose or repeat
 * messages unseen.
 * @throws LanePositionError that says what is wrong and where the way on is written
 */
export function assertPosition(lane: Lane, log: LogState): void {
  const verdict = judgePosition(lane, log);
  if (verdict === 'ok') return;
  const { consumer, topic, partition, nextOffset } = lane;
  const committed = log.committed === null ? '' : `, Kafka's committed offset is ${log.committed}`;
  throw new LanePositionError(
    `${consumer} stands at offset ${nextOffset} of ${topic}/${partition}, the log holds ${log.low} to ${log.high}${committed}: ` +
      `${WHY[verdict]}. Nothing is reset by itself: see docs/recipes/recover.md, and "claimwire lanes" for all lanes.`,
  );
}
