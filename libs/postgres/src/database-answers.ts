import pg from 'pg';
import { sayGoodbye } from './say-goodbye.js';

const PATIENCE_MS = 5_000;

/** Whether the database answers a newcomer within seconds: on a connection of its own, since a pool's may all hang. */
export async function databaseAnswers(url: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await sayGoodbye(client.end().catch(() => undefined));
  }
}
