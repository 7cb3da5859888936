import { startReplay, type PoolClient, type ReplaySelection } from '@claimwire/postgres';
import { Replay } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { newId } from '../ids.js';
import type { ReplayView } from './replays.dto.js';

type StateCounts = Partial<Record<string, number>>;

/** The connection of the manager's transaction: what fan-out shares with us speaks to pg itself. */
export async function clientOf(manager: EntityManager): Promise<PoolClient> {
  if (!manager.queryRunner) throw new Error('only in a transaction');
  return (await manager.queryRunner.connect()) as PoolClient;
}

/** Starts a replay to a webhook that the caller has been found to own, in the caller's transaction. */
export async function start(
  manager: EntityManager,
  caller: Caller,
  webhookId: string,
  ratePerSecond: number,
  what: ReplaySelection,
): Promise<ReplayView> {
  const id = newId('rpl');
  const own = { id, tenant: caller.tenant, webhookId, ratePerSecond, createdBy: caller.actor };
  await startReplay(await clientOf(manager), { ...own, ...what });
  const action = what.kind === 'error_queue' ? 'webhook.errors_retried' : 'webhook.replayed';
  const view = await viewOf(manager, await findReplay(manager, caller, webhookId, id));
  await audit(manager, caller, action, webhookId, { replayId: id, kind: what.kind, count: view.count });
  return view;
}

/** @throws Problem 404, also for another webhook's */
export async function findReplay(
  manager: EntityManager,
  { tenant }: Caller,
  webhookId: string,
  id: string,
): Promise<Replay> {
  const replay = await manager.findOneBy(Replay, { id, webhookId, tenantId: tenant });
  if (!replay) throw notFound('replay');
  return replay;
}

export async function viewOf(manager: EntityManager, replay: Replay): Promise<ReplayView> {
  const counts: { state: string; count: number }[] = await manager.query(
    'select state, count(*)::int as count from deliveries where replay_id = $1 group by state',
    [replay.id],
  );
  return toView(replay, Object.fromEntries(counts.map(({ state, count }) => [state, count])));
}

/** Of many, in one look at their deliveries. */
export async function viewsOf(manager: EntityManager, replays: readonly Replay[]): Promise<ReplayView[]> {
  const rows: { id: string; state: string; count: number }[] = await manager.query(
    `select replay_id as id, state, count(*)::int as count from deliveries
     where replay_id = any ($1) and replay_id <> '' group by replay_id, state`,
    [replays.map(({ id }) => id)],
  );
  const counts = new Map<string, StateCounts>();
  for (const { id, state, count } of rows) counts.set(id, { ...counts.get(id), [state]: count });
  return replays.map((replay) => toView(replay, counts.get(replay.id) ?? {}));
}

function toView(replay: Replay, counts: StateCounts): ReplayView {
  const { pending = 0, delivered = 0, rejected = 0, exhausted = 0, superseded = 0 } = counts;
  return {
    replayId: replay.id,
    webhookId: replay.webhookId,
    kind: replay.kind,
    selection: replay.selection,
    ratePerSecond: replay.ratePerSecond,
    state: replay.state === 'completed' && pending > 0 ? 'running' : replay.state,
    total: replay.candidates,
    scanned: replay.scanned,
    count: replay.created,
    pending,
    delivered,
    rejected,
    failed: exhausted,
    superseded,
    createdBy: replay.createdBy,
    createdAt: replay.createdAt.toISOString(),
    endedAt: replay.endedAt?.toISOString() ?? null,
  };
}
