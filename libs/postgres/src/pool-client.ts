import pg from 'pg';

/** How the sessions of a pool are used. */
export interface ClientTraits {
  /**
   * Statements that are asked for together go out together, and are still carried out one after another: each round trip that
   * is not waited for is a fifth of a millisecond. An error of one is an error of all that follow in its transaction.
   */
  pipelined?: boolean;
  /**
   * Sessions keep the plans of statements that have a name: a good part of what a statement for one row costs is parsing and
   * planning. Not through a pooler in transaction mode, where each transaction may meet another session.
   */
  keepsPlans?: boolean;
}

/** The client of a pool that has these traits. */
export function clientClass({ pipelined, keepsPlans }: ClientTraits): typeof pg.Client {
  return class extends pg.Client {
    private isCorked = false;

    // `never` stands for each of the forms in which a query can be asked for.
    override query(query: never, ...rest: never[]): never {
      if (pipelined) this.cork();
      return super.query(keepsPlans ? query : withoutName(query), ...rest) as never;
    }

    /** What is asked for in one turn of the event loop goes out with one system call, and wakes the server once. */
    private cork(): void {
      if (this.isCorked) return;
      this.isCorked = true;
      const { stream } = this.connection;
      stream.cork();
      process.nextTick(() => {
        this.isCorked = false;
        stream.uncork();
      });
    }
  };
}

/** A session that may be another at the next statement keeps nothing under a name. */
const withoutName = <Q>(query: Q): Q =>
  typeof query === 'object' && query !== null && 'name' in query ? { ...query, name: undefined } : query;
