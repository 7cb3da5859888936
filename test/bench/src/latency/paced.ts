import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  count: number;
  /** Per second. */
  rate: number;
}

/** Milliseconds since 1970 with fractions: comparable between the processes of one machine. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Calls `start` for each event when it is due; one that is late is made up for, never left out. */
export async function paced({ count, rate }: Load, start: (at: number) => void): Promise<void> {
  const beganAt = performance.now();
  for (let next = 0; next < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - beganAt) / 1000) * rate) + 1);
    for (; next < due; next += 1) start(next);
    if (next < count) await sleep(Math.max(0, beganAt + (next / rate) * 1000 - performance.now()));
  }
}
