import type { Lane, Pool } from '@claimwire/postgres';

/** Where a lane's consumer crashed: the messages that all of the crashed batches there have in common. */
export interface CrashedAt {
  firstOffset: bigint;
  lastOffset: bigint;
  crashes: number;
}

interface Row {
  first_offset: string;
  last_offset: string;
  crashes: number;
}

/** The table consumer_crashes: one place per lane, because nothing behind it is reached before it is settled. */
export class CrashRecords {
  constructor(private readonly pool: Pool) {}

  async find({ consumer, topic, partition }: Lane): Promise<CrashedAt | null> {
    const { rows } = await this.pool.query<Row>(
      `select first_offset, last_offset, crashes from consumer_crashes
       where consumer = $1 and topic = $2 and partition = $3`,
      [consumer, topic, partition],
    );
    return rows[0] ? crashedAt(rows[0]) : null;
  }

  /**
   * Counts a crash. A batch that crashed at another place begins the count anew; one that overlaps narrows the place.
   * @param error constant code
   */
  async add({ consumer, topic, partition }: Lane, first: bigint, last: bigint, error: string): Promise<CrashedAt> {
    const { rows } = await this.pool.query<Row>(
      `insert into consumer_crashes as crash (consumer, topic, partition, first_offset, last_offset, crashes, error)
       values ($1, $2, $3, $4, $5, 1, $6)
       on conflict (consumer, topic, partition) do update set
         (first_offset, last_offset, crashes) = (
           select case when same then greatest(crash.first_offset, excluded.first_offset) else excluded.first_offset end,
             case when same then least(crash.last_offset, excluded.last_offset) else excluded.last_offset end,
             case when same then crash.crashes + 1 else 1 end
           from (select crash.first_offset <= excluded.last_offset and crash.last_offset >= excluded.first_offset) as place (same)),
         error = excluded.error, crashed_at = now()
       returning first_offset, last_offset, crashes`,
      [consumer, topic, partition, String(first), String(last), error],
    );
    return crashedAt(rows[0] as Row);
  }

  async forget({ consumer, topic, partition }: Lane): Promise<void> {
    await this.pool.query('delete from consumer_crashes where consumer = $1 and topic = $2 and partition = $3', [
      consumer,
      topic,
      partition,
    ]);
  }
}

const crashedAt = ({ first_offset, last_offset, crashes }: Row): CrashedAt => ({
  firstOffset: BigInt(first_offset),
  lastOffset: BigInt(last_offset),
  crashes,
});
