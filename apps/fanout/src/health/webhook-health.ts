import type { Queryable } from '@claimwire/postgres';
import type { Destination } from '../configuration/destination.js';
import type { FailingSpell, SpellChange } from './failing-spell.js';

/** What is watched: the senders of this replica. */
export interface Watched {
  readonly target: Destination;
  readonly spell: FailingSpell;
}

/** A webhook that is deleted meanwhile is left out. */
const STORE = `
with seen as (
  select * from unnest($1::text[], $2::boolean[], $3::timestamptz[]) as s (id, was_well, since)
  where exists (select from webhooks where webhooks.id = s.id)
)
insert into webhook_health as h (webhook_id, failing_since) select id, since from seen order by id
on conflict (webhook_id) do update set failing_since =
  case when (select was_well from seen where id = h.webhook_id) then excluded.failing_since
    else coalesce(h.failing_since, excluded.failing_since) end
returning webhook_id as id, failing_since as "failingSince"`;

/**
 * Stores the turns of all senders' spells in one statement.
 * @returns the webhooks that have been failing only for as long as they may: by time, never by count
 */
export async function storeHealth<T extends Watched>(
  client: Pick<Queryable, 'query'>,
  senders: readonly T[],
): Promise<T[]> {
  const changed = senders.flatMap((sender) => {
    const change = sender.spell.take();
    return change ? [{ sender, change }] : [];
  });
  if (changed.length > 0) await store(client, changed);
  return senders.filter(({ target, spell }) => {
    const { disableAfterMs, activeSince } = target;
    return disableAfterMs !== null && spell.failingMs(activeSince) >= disableAfterMs;
  });
}

async function store(
  client: Pick<Queryable, 'query'>,
  changed: readonly { sender: Watched; change: SpellChange }[],
): Promise<void> {
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  try {
    const { rows } = await client.query<{ id: string; failingSince: Date | null }>(STORE, [
      changed.map(({ sender }) => sender.target.id),
      changed.map(({ change }) => change.wasWell),
      changed.map(({ change }) => iso(change.failingSince)),
    ]);
    const stored = new Map(rows.map(({ id, failingSince }) => [id, failingSince?.getTime() ?? null]));
    for (const { sender } of changed) sender.spell.stored(stored.get(sender.target.id) ?? null);
  } catch (error) {
    for (const { sender, change } of changed) sender.spell.notStored(change);
    throw error;
  }
}
