import { BATCH_OVERHEAD_BYTES } from './publish-record.js';

/** What the plan needs to know of a waiting record. */
export interface Waiting {
  topic: string;
  /** null: not known yet, the record must wait. */
  partition: number | null;
  bytes: number;
  settled: boolean;
}

export interface SendPlan<T> {
  send: T[];
  wait: T[];
}

/** kafkajs copies each request a few times: more in one send only costs memory. */
const MAX_SEND_BYTES = 16 * 1024 * 1024;

/**
 * Takes from the front what fits one send. kafkajs makes one record batch per partition and never splits it, so bytes are
 * bounded per partition; a record above the bound goes alone. Once a partition is full all its later records wait: order
 * within a partition is kept.
 * @param maxBatchBytes per partition
 */
export function planSend<T extends Waiting>(queue: readonly T[], maxBatchBytes: number): SendPlan<T> {
  const plan: SendPlan<T> = { send: [], wait: [] };
  const filled = new Map<string, Map<number | null, number>>();
  let total = 0;
  for (const entry of queue) {
    if (entry.settled) continue;
    const lanes = filled.get(entry.topic) ?? new Map<number | null, number>();
    filled.set(entry.topic, lanes);
    const bytes = lanes.get(entry.partition) ?? 0;
    const fits = bytes === 0 || bytes + entry.bytes <= maxBatchBytes;
    const roomLeft = total === 0 || total + entry.bytes <= MAX_SEND_BYTES;
    if (entry.partition === null || !fits || !roomLeft) {
      lanes.set(entry.partition, Infinity);
      plan.wait.push(entry);
      continue;
    }
    lanes.set(entry.partition, (bytes || BATCH_OVERHEAD_BYTES) + entry.bytes);
    total += entry.bytes;
    plan.send.push(entry);
  }
  return plan;
}
