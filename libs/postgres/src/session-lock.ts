import pg from 'pg';

/** Of a server that takes the connection and then says nothing. */
const TIMEOUT_MS = 10_000;

/**
 * Does `work` while nobody else does: under an advisory lock, in a session of its own, which ends with this process.
 * @param url not of a pooler in transaction mode, which would unlock in another session than it locked in
 * @returns false where somebody else is at it, and nothing was done
 */
export async function withSessionLock(url: string, key: number, work: () => Promise<void>): Promise<boolean> {
  const session = new pg.Client({
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  session.on('error', () => undefined);
  await session.connect();
  try {
    const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [key]);
    if (!rows[0]?.taken) return false;
    await work();
    return true;
  } finally {
    await session.end();
  }
}
