import type { PoolClient } from '../pool.js';
import type { ReplayJob } from './replay-job.js';
import { stepStatement } from './replay-statement.js';

/** So many steps are made in a second of a replay that runs at its rate. */
const STEPS_PER_SECOND = 4;
/** Most events that one step looks at: those that nothing wants cost their parsing. */
const LARGEST_SCAN = 2_000;
/** How soon the next step comes at the earliest, and while nothing may be made. */
const LEAST_GAP_SECONDS = 0.05;
const WAIT_SECONDS = 0.5;

/** `skip locked`: whoever makes a step holds the row until its end. */
const TAKE = `
select r.id, r.tenant_id as tenant, r.webhook_id as "webhookId", r.kind, r.selection, r.rate_per_second as "ratePerSecond",
  r.cursor, r.created_at as "createdAt", (select count(*)::int from (
    select from deliveries d where d.replay_id = r.id and d.state = 'pending' limit r.rate_per_second) as waiting) as pending
from replays r where r.state = 'running' and r.next_step_at <= now() and ($1::text is null or r.id = $1)
order by r.next_step_at limit 1 for update of r skip locked`;

const NOTE = `
update replays set cursor = coalesce($2::jsonb, cursor), scanned = scanned + $3, created = created + $4,
  state = case when $5::boolean then 'completed' else state end, ended_at = case when $5::boolean then now() end,
  stepped_at = now(), next_step_at = now() + $6::float8 * interval '1 s'
where id = $1`;

interface Made {
  made: number;
  scanned: number;
  cursor: unknown[] | null;
  done: boolean;
}

export interface ReplayStep extends Omit<Made, 'cursor'> {
  replayId: string;
  webhookId: string;
}

/**
 * Makes the next deliveries of one replay that is due, in the caller's transaction: they, and how far the replay has come,
 * are committed together, so that a crash at any point neither skips nor repeats one. At most one second's worth of them
 * waits at any time: what is live never stands behind more than that.
 * @param only the replay to work on; any when left out
 * @returns undefined when none is due
 */
export async function stepReplay(client: Pick<PoolClient, 'query'>, only?: string): Promise<ReplayStep | undefined> {
  const { rows } = await client.query<ReplayJob>(TAKE, [only ?? null]);
  const [job] = rows;
  if (!job) return undefined;
  const step = await make(client, job, only === undefined);
  const gap = step.made === 0 && step.scanned === 0 ? WAIT_SECONDS : step.made / job.ratePerSecond;
  const { made, scanned, done, cursor } = step;
  const nextIn = Math.max(LEAST_GAP_SECONDS, gap);
  await client.query(NOTE, [job.id, cursor && JSON.stringify(cursor), scanned, made, done, nextIn]);
  if (made > 0) await client.query(`select pg_notify('deliveries', $1)`, [job.webhookId]);
  return { replayId: job.id, webhookId: job.webhookId, made, scanned, done };
}

async function make(client: Pick<PoolClient, 'query'>, job: ReplayJob, isPaced: boolean): Promise<Made> {
  const pace = isPaced ? Math.ceil(job.ratePerSecond / STEPS_PER_SECOND) : job.ratePerSecond;
  const limit = Math.min(pace, job.ratePerSecond - job.pending);
  if (limit <= 0) return { made: 0, scanned: 0, cursor: null, done: false };
  const { sql, values } = stepStatement(job, { scan: LARGEST_SCAN, make: limit });
  const { rows } = await client.query<Made>(sql, values);
  return rows[0] ?? { made: 0, scanned: 0, cursor: null, done: true };
}
