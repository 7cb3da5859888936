const FIRST_MS = 500;
const FACTOR = 2;
const LONGEST_MS = 30_000;
/** Who lived this long is healthy: its next death starts from the beginning. */
export const HEALTHY_AFTER_MS = 60_000;

/** How long to wait before restart number `attempt`, counted from 1, in milliseconds. */
export const restartDelayMs = (attempt: number): number =>
  Math.min(FIRST_MS * FACTOR ** (Math.max(1, attempt) - 1), LONGEST_MS);

/** The number of the next restart of what was restarted `attempt` times and then lived `livedMs`. */
export const nextAttempt = (attempt: number, livedMs: number): number =>
  livedMs >= HEALTHY_AFTER_MS ? 1 : attempt + 1;
