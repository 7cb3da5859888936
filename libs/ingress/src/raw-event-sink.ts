/** A message for a raw or the quarantine topic; `topic` is without the deployment's prefix. */
export interface RawEventRecord {
  topic: string;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
}

/** Where a verified event goes before its sender gets a 2xx: Kafka, the spool, or the one where the other fails. */
export interface RawEventSink {
  /**
   * Resolves only once the event is durable.
   * @throws when it may not have been stored: the sender is told to send it again (duplicates are cut by `ce_id`)
   */
  accept(record: RawEventRecord): Promise<unknown>;
}

/** Injection token. */
export const RAW_EVENT_SINK = Symbol('RAW_EVENT_SINK');
