import { databaseAnswers } from '@claimwire/postgres';
import type { DatabaseSettings, ProgressOptions, StallSettings } from '@claimwire/service-host';
import type { KafkaHandle } from './kafka-handle.js';

/** What a consumer's Progress goes by: its limit, and whether broker and database answer. */
export function stallWatch(
  handle: KafkaHandle,
  { DATABASE_URL, LIVENESS_STALL_MS }: DatabaseSettings & StallSettings,
): ProgressOptions {
  return {
    limitMs: LIVENESS_STALL_MS,
    storesAnswer: async () => (await databaseAnswers(DATABASE_URL)) && (await handle.answers()),
  };
}
