import type { PoolClient } from '../pool.js';
import { REPLAYS_CHANNEL, type ReplaySelection } from './replay-job.js';
import { stepReplay } from './step-replay.js';

export type NewReplay = ReplaySelection & {
  id: string;
  tenant: string;
  webhookId: string;
  ratePerSecond: number;
  createdBy: string;
};

/** A count that is not worth its time is left out. */
const LARGEST_COUNT = 1_000_000;

const COUNTS = {
  window: `select count(*)::int as count from (
    select from claim_events where tenant_id = $1 and received_at >= $2 and received_at < $3
    union all select from notices where tenant_id = $1 and lane_id <> 0 and received_at >= $2 and received_at < $3
    limit ${LARGEST_COUNT}) as counted`,
  claim: `select count(*)::int as count from claim_events where tenant_id = $1 and claim_key = $2`,
} as const;

const INSERT = `
insert into replays (id, tenant_id, webhook_id, kind, selection, rate_per_second, candidates, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/**
 * Starts a replay, in the caller's transaction. Its first second's worth is made at once: a small one is complete then.
 */
export async function startReplay(client: Pick<PoolClient, 'query'>, replay: NewReplay): Promise<void> {
  const { id, tenant, webhookId, kind, selection, ratePerSecond, createdBy } = replay;
  const candidates = await countCandidates(client, replay);
  const values = [id, tenant, webhookId, kind, JSON.stringify(selection), ratePerSecond, candidates, createdBy];
  await client.query(INSERT, values);
  await stepReplay(client, id);
  await client.query('select pg_notify($1, $2)', [REPLAYS_CHANNEL, '']);
}

/** What is made and not sent yet is not sent any more, in flight apart. @returns false when there was nothing to cancel */
export async function cancelReplay(client: Pick<PoolClient, 'query'>, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update replays set state = 'cancelled', ended_at = now() where id = $1 and (state = 'running' or (state = 'completed'
       and exists (select from deliveries where replay_id = $1 and state = 'pending')))`,
    [id],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `update deliveries set state = 'superseded', last_error = 'cancelled', settled_at = now()
     where id in (select id from deliveries where replay_id = $1 and state = 'pending' order by id for update)`,
    [id],
  );
  await client.query('select pg_notify($1, $2)', [REPLAYS_CHANNEL, id]);
  return true;
}

async function countCandidates(client: Pick<PoolClient, 'query'>, replay: NewReplay): Promise<number | null> {
  if (replay.kind === 'event') return 1;
  if (replay.kind === 'error_queue') return null;
  const { tenant } = replay;
  const values =
    replay.kind === 'claim'
      ? [tenant, replay.selection.claimKey]
      : [tenant, replay.selection.since, replay.selection.until];
  const { rows } = await client.query<{ count: number }>(COUNTS[replay.kind], values);
  const count = rows[0]?.count ?? 0;
  return count < LARGEST_COUNT ? count : null;
}
