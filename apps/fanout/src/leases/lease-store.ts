import type { Queryable } from '@claimwire/postgres';

/** What a lease must outlive: an attempt of its webhook, with room to renew it. */
export interface LeaseTerm {
  webhookId: string;
  ttlMs: number;
}

export interface Lease extends LeaseTerm {
  epoch: bigint;
}

/** A lease is free when nobody has it, its time is over by the database's clock, or it was ours before a restart. */
const ACQUIRE = `
insert into webhook_leases as held (webhook_id, owner, epoch, expires_at)
select term.id, $1, 1, clock_timestamp() + term.ttl * interval '1 ms'
from unnest($2::text[], $3::float8[]) as term (id, ttl)
  join webhooks w on w.id = term.id left join webhook_leases l on l.webhook_id = term.id
where l.webhook_id is null or l.expires_at < clock_timestamp() or l.owner = $1
order by w.created_at, w.id limit $4
on conflict (webhook_id) do update set owner = excluded.owner, epoch = held.epoch + 1, expires_at = excluded.expires_at
where held.expires_at < clock_timestamp() or held.owner = excluded.owner
returning webhook_id as id, epoch`;

const RENEW = `
update webhook_leases held set expires_at = clock_timestamp() + term.ttl * interval '1 ms'
from unnest($2::text[], $3::float8[], $4::bigint[]) as term (id, ttl, epoch)
where held.webhook_id = term.id and held.owner = $1 and held.epoch = term.epoch and held.expires_at > clock_timestamp()
returning held.webhook_id as id`;

/** Ends its time instead of deleting the row, so that the epoch keeps rising. */
const RELEASE = `
update webhook_leases held set expires_at = '-infinity'
from unnest($2::text[], $3::bigint[]) as term (id, epoch)
where held.webhook_id = term.id and held.owner = $1 and held.epoch = term.epoch`;

const ids = (terms: readonly LeaseTerm[]) => terms.map(({ webhookId }) => webhookId);
const ttls = (terms: readonly LeaseTerm[]) => terms.map(({ ttlMs }) => ttlMs);
const epochs = (leases: readonly Lease[]) => leases.map(({ epoch }) => String(epoch));

/** Who sends for a webhook (`webhook_leases`): exactly one replica at a time, by the database's clock. */
export class LeaseStore {
  constructor(
    private readonly pool: Queryable,
    /** This replica; two live ones of one name would take each other's leases in turn. */
    private readonly owner: string,
  ) {}

  /** Takes at most `limit` of these that are free, the oldest webhooks first. */
  async acquire(terms: readonly LeaseTerm[], limit: number): Promise<Lease[]> {
    const { rows } = await this.pool.query<{ id: string; epoch: string }>(ACQUIRE, [
      this.owner,
      ids(terms),
      ttls(terms),
      limit,
    ]);
    const epochOf = new Map(rows.map(({ id, epoch }) => [id, BigInt(epoch)]));
    return terms.flatMap((term) => {
      const epoch = epochOf.get(term.webhookId);
      return epoch === undefined ? [] : [{ ...term, epoch }];
    });
  }

  /** @returns the webhooks whose lease is still ours and now lasts `ttlMs` again */
  async renew(leases: readonly Lease[]): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ id: string }>(RENEW, [
      this.owner,
      ids(leases),
      ttls(leases),
      epochs(leases),
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  async release(leases: readonly Lease[]): Promise<void> {
    await this.pool.query(RELEASE, [this.owner, ids(leases), epochs(leases)]);
  }
}
