import { randomUUID } from 'node:crypto';
import { errorCode } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { fail, ok, skip, type Finding } from './finding.js';

const CHECK = 'database, direct';
/** A notification takes milliseconds; a pooler that gives the session away never brings it. */
const HEARD_WITHIN_MS = 5_000;

/**
 * Whether DATABASE_DIRECT_URL is what it is there for: a session that stays ours (LISTEN), on the database of DATABASE_URL.
 * @param pool of DATABASE_URL
 */
export async function checkDirectDatabase(pool: Pool, directUrl: string | undefined): Promise<Finding[]> {
  if (!directUrl) return [skip(CHECK, 'DATABASE_DIRECT_URL is not set: DATABASE_URL must not go through a pooler')];
  const direct = createPool(directUrl, 1);
  try {
    if (await hears(direct, pool)) return [ok(CHECK, 'keeps its session, on the same database')];
    const remedy = 'Set DATABASE_DIRECT_URL to PostgreSQL itself, past the pooler, with the database of DATABASE_URL.';
    return [fail(CHECK, 'what is notified through DATABASE_URL does not arrive', remedy)];
  } catch (error) {
    const remedy = 'Check DATABASE_DIRECT_URL, pg_hba.conf and the network policies.';
    return [fail(CHECK, `does not answer (${errorCode(error)})`, remedy)];
  } finally {
    await direct.end();
  }
}

async function hears(direct: Pool, pool: Pool): Promise<boolean> {
  const channel = `doctor_${randomUUID().replaceAll('-', '')}`;
  const session = await direct.connect();
  let timer: NodeJS.Timeout | undefined;
  try {
    const heard = new Promise<boolean>((resolve) => {
      session.on('notification', () => resolve(true));
      timer = setTimeout(() => resolve(false), HEARD_WITHIN_MS);
    });
    await session.query(`listen ${channel}`);
    await pool.query('select pg_notify($1, $2)', [channel, '']);
    return await heard;
  } finally {
    clearTimeout(timer);
    // With its LISTEN: nobody shall get this session.
    session.release(true);
  }
}
