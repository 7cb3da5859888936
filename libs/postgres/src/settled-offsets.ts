import type { Queryable } from './pool.js';

/** Where the consumers of these names stand (consumer_lanes): by partition, the first offset that is not settled. */
export async function readSettledOffsets(pool: Queryable, consumers: readonly string[]) {
  const { rows } = await pool.query<{ consumer: string; topic: string; partition: number; next_offset: string }>(
    'select consumer, topic, partition, next_offset::text from consumer_lanes where consumer = any($1)',
    [consumers],
  );
  return rows.map(({ next_offset, ...lane }) => ({ ...lane, next: BigInt(next_offset) }));
}
