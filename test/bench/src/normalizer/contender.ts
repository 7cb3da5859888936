import type { BenchTopics } from '../machine/topics.js';
import type { Planned } from './traffic.js';

/** What every contender of a round finds: the raw topics are full before any clock runs. */
export interface Round {
  topics: BenchTopics;
  planned: readonly Planned[];
  /** Distinct events of `planned`. */
  events: number;
}

/** Seconds of CPU time per 10,000 events by process: null where it is not on this machine. */
export interface CpuSeconds {
  /** The normaliser's process, or the JVM with everything in it. */
  process: number | null;
  /** Sessions of the contender's database. */
  postgres: number | null;
  broker: number | null;
}

export interface RoundResult {
  eventsPerSecond: number;
  cpuSecondsPer10k: CpuSeconds;
  /** Of the process, at the end. */
  rssMiB: number | null;
  /** What the contender says of its own round. */
  notes: Record<string, number>;
}

export interface Outcome {
  result: RoundResult;
  /** Newest state of each claim by claim key: every contender must end in the same. */
  states: ReadonlyMap<string, unknown>;
}

export interface Contender {
  name: string;
  run(round: Round): Promise<Outcome>;
}
