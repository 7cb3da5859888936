import pg from 'pg';

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

export interface PoolOptions {
  /**
   * Every query fails after so long, and its connection is thrown away: for work that must not hang with a database that has
   * fallen silent. Absent = a query may take as long as it needs.
   */
  queryTimeoutMs?: number;
  /**
   * Statements that are asked for together go out together, and are still carried out one after another: each round trip that
   * is not waited for is a fifth of a millisecond. An error of one is an error of all that follow in its transaction.
   */
  pipelined?: boolean;
}

/**
 * A pool of at most `size` connections. An idle connection that breaks is dropped and replaced at the next use: without the
 * listener pg would throw it as an uncaught error and take the process down with every restart of the database.
 */
export function createPool(url: string, size: number, { queryTimeoutMs, pipelined = false }: PoolOptions = {}): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
    query_timeout: queryTimeoutMs,
    pipeline: pipelined,
  });
  pool.on('error', () => undefined);
  // Between two owners, and while it is being closed, a connection has nobody who listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. A connection whose rollback
 * failed is thrown away, never handed to the next caller half-way through a transaction.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
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
    const result = await work(client);
    await begun;
    await client.query('commit');
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
