/** A broker that runs: by itself or in a container. */
export interface RunningKafka {
  readonly brokers: readonly string[];
  /** The process to watch; null when a Docker engine watches it. */
  readonly pid: number | null;
  /** Stops it gracefully; safe to call twice. */
  stop(): Promise<void>;
}

/** A database server that runs: by itself or in a container. */
export interface RunningPostgres {
  /** Of the database asked for, as superuser. */
  readonly url: string;
  readonly pid: number | null;
  stop(): Promise<void>;
}
