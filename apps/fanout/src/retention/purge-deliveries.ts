import type { Queryable } from '@claimwire/postgres';

const CHUNK = 5_000;

/** By the index of what is in the error queue, the oldest first. */
const EXPIRED_FAILURES = `
delete from deliveries where id = any (array(
  select id from deliveries where state = 'exhausted' and settled_at < now() - $1::int * interval '1 day'
  order by settled_at limit ${CHUNK} for update skip locked))`;

/** Along the primary key from where the last chunk ended: ids rise with time, so that the walk ends at the first young one. */
const SETTLED = `
with walked as materialized (
  select id, state, created_at < now() - $1::int * interval '1 day' and coalesce(settled_at, now()) < now() - $1::int * interval '1 day'
    as is_old, created_at from deliveries where id > $2 order by id limit ${CHUNK}
), gone as (
  delete from deliveries d using walked w where d.id = w.id and w.is_old and w.state in ('delivered', 'rejected', 'superseded')
    and d.state = w.state returning d.id
)
select (select max(id) from walked where created_at < now() - $1::int * interval '1 day')::text as last,
  (select count(*) from gone)::int as gone, (select count(*) from walked where created_at < now() - $1::int * interval '1 day')::int as old`;

const ENDED_REPLAYS = `
delete from replays r where ended_at < now() - $1::int * interval '1 day'
  and not exists (select from deliveries d where d.replay_id = r.id and d.replay_id <> '')`;

/** What has been in an error queue for its time leaves it. @returns how many */
export async function expireFailures(client: Pick<Queryable, 'query'>, keepDays: number): Promise<number> {
  for (let total = 0; ;) {
    const { rowCount } = await client.query(EXPIRED_FAILURES, [keepDays]);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < CHUNK) return total;
  }
}

/** Settled deliveries go after their time; what waits stays, however old. @returns how many */
export async function purgeSettled(client: Pick<Queryable, 'query'>, keepDays: number): Promise<number> {
  let after = '0';
  for (let total = 0; ;) {
    const { rows } = await client.query<{ last: string | null; gone: number; old: number }>(SETTLED, [keepDays, after]);
    const [{ last, gone, old } = { last: null, gone: 0, old: 0 }] = rows;
    total += gone;
    if (last === null || old < CHUNK) return total;
    after = last;
  }
}

export async function purgeReplays(client: Pick<Queryable, 'query'>, keepDays: number): Promise<number> {
  return (await client.query(ENDED_REPLAYS, [keepDays])).rowCount ?? 0;
}
