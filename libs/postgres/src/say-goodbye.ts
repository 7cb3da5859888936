import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 2_000;

/** Waits for connections to end, but not for those that have fallen silent: they would never say that they have ended. */
export async function sayGoodbye(ending: Promise<void> | undefined): Promise<void> {
  await Promise.race([ending, sleep(LONGEST_MS, undefined, { ref: false })]);
}
