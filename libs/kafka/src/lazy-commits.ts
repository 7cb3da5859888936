interface TopicPartitionOffset {
  topic: string;
  partition: number;
  offset: string;
  metadata: string;
}

/** Marks an offset that PostgreSQL had before it was committed, unlike one that somebody set with Kafka's tools. */
export const SETTLED = 'settled in postgresql';

/** Often enough for a graph of lag, seldom enough to cost nothing beside the batches. */
const FLUSH_MS = 500;

/**
 * Commits to Kafka on behalf of consumers whose place is in PostgreSQL: it serves lag, and shows a database that was restored
 * from an older backup. So it is done now and then, and a failure is forgotten.
 */
export class LazyCommits {
  private readonly pending = new Map<string, TopicPartitionOffset>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly commit: (offsets: TopicPartitionOffset[]) => Promise<void>) {}

  set(topic: string, partition: number, nextOffset: bigint): void {
    this.pending.set(`${topic}/${partition}`, { topic, partition, offset: String(nextOffset), metadata: SETTLED });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async flush(): Promise<void> {
    const offsets = [...this.pending.values()];
    this.clear();
    if (offsets.length > 0) await this.commit(offsets).catch(() => undefined);
  }

  /** Forgets what is pending: the partitions may be another's now. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending.clear();
  }
}
