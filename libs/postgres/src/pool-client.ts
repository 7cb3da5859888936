import pg from 'pg';
import type { PoolOptions } from './pool.js';

type Traits = Required<Pick<PoolOptions, 'pipelined' | 'keepsPlans'>>;

/** The client of a pool that has these traits. */
export function clientClass({ pipelined, keepsPlans }: Traits): typeof pg.Client {
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
