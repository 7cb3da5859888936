/** The record is above the topic's largest message; it alone is refused, its neighbours are sent. */
export class RecordTooLargeError extends Error {
  readonly code = 'record_too_large';
  override readonly name = 'RecordTooLargeError';
  constructor(topic: string, bytes: number) {
    super(`a record of ${bytes} bytes is too large for ${topic}`);
  }
}

/** Not acknowledged within the deadline. It may have landed: whoever reads must cut duplicates by id. */
export class PublishTimeoutError extends Error {
  readonly code = 'publish_timeout';
  override readonly name = 'PublishTimeoutError';
  constructor(topic: string, deadlineMs: number, cause?: unknown) {
    super(`${topic}: not acknowledged within ${deadlineMs} ms`, { cause });
  }
}

/** The log and PostgreSQL disagree about where a consumer stands: nothing may be reset without a human. */
export class LanePositionError extends Error {
  readonly code = 'lane_position';
  override readonly name = 'LanePositionError';
}

/** A broker that was just started does not know of the partition yet, or of its leader. */
export class LogUnknownError extends Error {
  readonly code = 'log_unknown';
  override readonly name = 'LogUnknownError';
  constructor(partition: string) {
    super(`the broker tells nothing of ${partition}`);
  }
}

/** A topic exists with another partition count than wanted; changing it in place would move keys. */
export class TopicMismatchError extends Error {
  readonly code = 'topic_mismatch';
  override readonly name = 'TopicMismatchError';
}

/** Processes of the consumer are running: what is asked for needs them stopped. */
export class GroupInUseError extends Error {
  readonly code = 'group_in_use';
  override readonly name = 'GroupInUseError';
  constructor(groupId: string) {
    super(`the consumer group ${groupId} has members`);
  }
}
