import pg from 'pg';
import { clientClass, type ClientTraits } from './pool-client.js';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;
/** A pool or a client inside a transaction: whatever runs one statement. */
export type Queryable = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

/** How long a caller waits for a connection before it is told that there is none. */
const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * How long a transaction may wait for its process between two statements. One that is stopped or cut off would keep its locks
 * for ever, or for TCP's two hours, and with them whoever takes its work over; after that it is rolled back. For one
 * transaction (PgBouncer refuses it as a setting of the connection).
 */
const BEGIN = `begin; set local idle_in_transaction_session_timeout = '6s'`;

export interface PoolOptions extends ClientTraits {
  /**
   * Every query fails after so long, and its connection is thrown away: for work that must not hang with a database that has
   * fallen silent. Absent = a query may take as long as it needs.
   */
  queryTimeoutMs?: number;
}

/**
 * A plan may be kept from when a table was empty, until autovacuum has analysed it: reading all of it, the cheapest way then, is
 * ruled out. (Where nothing else is possible it happens all the same; before PostgreSQL 18 at a cost that would set off the JIT.)
 */
const KEEP_PLANS = 'set enable_seqscan = off; set jit = off';

/**
 * A pool of at most `size` connections. An idle connection that breaks is dropped and replaced at the next use: without the
 * listener pg would throw it as an uncaught error and take the process down with every restart of the database.
 */
export function createPool(
  url: string,
  size: number,
  { queryTimeoutMs, pipelined = false, keepsPlans = false }: PoolOptions = {},
): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
    query_timeout: queryTimeoutMs,
    pipeline: pipelined,
    Client: clientClass({ pipelined, keepsPlans }),
  });
  pool.on('error', () => undefined);
  // Between two owners, and while it is being closed, a connection has nobody who listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // Carried out before what the connection is wanted for. Its failure is the connection's, which that hears of.
  if (keepsPlans) pool.on('connect', (client) => void client.query(KEEP_PLANS).catch(() => undefined));
  return pool;
}

/**
 * Commits. Asked for together with the last statements of a transaction it goes out behind them, in a pipelined pool with one
 * round trip for all; where one of them fails, nothing is committed.
 */
export type Commit = () => Promise<void>;

/**
 * Runs `work` in one transaction: committed when it resolves, unless it has done so itself, rolled back when it throws. A
 * connection whose rollback failed is thrown away, never handed to the next caller half-way through a transaction.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient, commit: Commit) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    // Not waited for: whatever `work` asks for is carried out behind it, in a pipelined pool with one round trip for both.
    const begun = client.query(BEGIN);
    begun.catch(() => undefined);
    let committed: Promise<void> | undefined;
    const commit = () => (committed ??= commitOn(client));
    const result = await work(client, commit);
    await begun;
    await commit();
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The server answers a commit behind a failed statement with a rollback, which is no error to it. */
async function commitOn(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
}
