/** A broker that runs: as a process of ours or in a container. */
export interface RunningKafka {
  readonly brokers: readonly string[];
  /** The process to watch; null when a Docker engine watches it. */
  readonly pid: number | null;
  /** Settles when the process has ended, whatever the reason; never for a container. */
  readonly ended: Promise<void>;
  /** Stops it gracefully; safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** A database server that runs: as a process of ours or in a container. */
export interface RunningPostgres {
  /** Of the database asked for, as superuser. */
  readonly url: string;
  readonly pid: number | null;
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What never happens: a container's end is its engine's business. */
export const NEVER: Promise<void> = new Promise(() => undefined);
