import { isTransient } from '@claimwire/kafka';
import type { Keyring } from '@claimwire/keyring';
import type { RawEventRecord } from '../raw-event-sink.js';
import { openRecord } from './spool-entry.js';
import type { StoredEntry } from './spool-table.js';

/** What became of a batch of the spool, by row id. */
export interface Drained {
  /** Acknowledged: to be deleted. */
  published: string[];
  /** Refused for what they are (too large, unreadable): they wait apart, so that they hold up no other. */
  refused: string[];
  /** Some were not acknowledged: the brokers are away, try the same rows again later. */
  outage: boolean;
}

/**
 * Publishes rows in their order.
 * @param publish resolves with the error, null when acknowledged
 */
export async function drainBatch(
  rows: readonly StoredEntry[],
  keyring: Keyring,
  publish: (record: RawEventRecord) => Promise<unknown>,
): Promise<Drained> {
  // All at once: the publisher keeps their order and sends them together.
  const errors = await Promise.all(rows.map((row) => publishRow(row, keyring, publish)));
  const drained: Drained = { published: [], refused: [], outage: false };
  rows.forEach(({ id }, index) => {
    const error = errors[index];
    if (error === null) drained.published.push(id);
    else if (isTransient(error)) drained.outage = true;
    else drained.refused.push(id);
  });
  return drained;
}

async function publishRow(
  row: StoredEntry,
  keyring: Keyring,
  publish: (record: RawEventRecord) => Promise<unknown>,
): Promise<unknown> {
  let record: RawEventRecord;
  try {
    record = openRecord(keyring, row);
  } catch (error) {
    return error;
  }
  return publish(record);
}
