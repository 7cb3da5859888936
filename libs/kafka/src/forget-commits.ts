import { GroupInUseError } from './errors.js';
import type { KafkaHandle } from './kafka-handle.js';

const CODES: Readonly<Record<number, 'none' | 'in_use'>> = { 0: 'none', 69: 'none', 68: 'in_use' };

/**
 * Makes Kafka forget what a consumer has committed; where its place is in PostgreSQL, that loses nothing.
 * @throws GroupInUseError while a process of the consumer is a member of its group
 */
export async function forgetCommits(handle: KafkaHandle, consumer: string): Promise<void> {
  const groupId = handle.groupId(consumer);
  try {
    await handle.withAdmin((admin) => admin.deleteGroups([groupId]));
  } catch (error) {
    const [result] = groupsOf(error);
    const meaning = CODES[result?.errorCode ?? -1];
    if (meaning === 'in_use') throw new GroupInUseError(groupId);
    if (meaning !== 'none') throw error;
  }
}

/** kafkajs puts the answer for each group that was not deleted into its error. */
function groupsOf(error: unknown): { errorCode: number }[] {
  const { groups } = error as { groups?: { errorCode: number }[] };
  return Array.isArray(groups) ? groups : [];
}
