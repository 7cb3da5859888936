import type { Environment } from '@claimwire/service-host';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase } from '@claimwire/testkit';
import { startTestApi, type TestApi } from './start-test-api.js';

/** A real API over a database that nothing else uses. */
export interface OwnApi {
  api: TestApi;
  pool: Pool;
  databaseUrl: string;
  /** Stops the API and drops the database. */
  close(): Promise<void>;
}

/** @param env settings of the API beside those that every test's has */
export async function startOwnApi(env: Environment = {}): Promise<OwnApi> {
  const database = await createTestDatabase();
  const api = await startTestApi({ DATABASE_URL: database.urlOf('api'), ...env });
  const pool = createPool(database.url, 2);
  const close = async () => {
    await api.stop();
    await pool.end();
    await database.drop();
  };
  return { api, pool, databaseUrl: database.url, close };
}
