import type { Arrivals } from './arrivals.js';
import type { Load } from './paced.js';

/** From its start to its arrival, of one event; milliseconds since 1970. */
export interface Time {
  id: string;
  startedAt: number;
  arrivedAt: number;
}

/** In order of their starts. */
export type Times = Time[];

/** A way from a webhook to its delivery. */
export interface Way {
  readonly name: string;
  /** @param name of the round: events of two rounds differ */
  run(load: Load, name: string): Promise<Times>;
  stop(): Promise<void>;
}

export async function timesOf(started: ReadonlyMap<string, number>, arrivals: Arrivals): Promise<Times> {
  const arrived = await arrivals.allOf(started.keys());
  return [...started].map(([id, startedAt]) => ({ id, startedAt, arrivedAt: arrived.get(id) ?? NaN }));
}
