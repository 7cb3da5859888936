import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import type { GoneRows } from './claim-rows.js';

const POLL_MS = 100;
/** Beyond every lease and every batch: who waits longer waits for something that hangs. */
const LONGEST_MS = 180_000;

/** What was waited for does not end. Everything up to here holds; the command can be run again. */
export class StillUnderWayError extends Error {
  readonly code = 'still_under_way';
  constructor(readonly what: string) {
    super(what);
  }
}

async function until(what: string, isOver: () => Promise<boolean>, { signal }: Pick<Cli, 'signal'>): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await isOver())) {
    if (signal.aborted || performance.now() > end) throw new StillUnderWayError(what);
    await sleep(POLL_MS);
  }
}

/** Transactions that write to this database; a batch of the normaliser is one of them from its first statement on. */
const WRITERS = `
  select distinct virtualtransaction as id from pg_locks
  where locktype = 'relation' and mode = 'RowExclusiveLock' and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())`;

/**
 * Waits for the end of every transaction that may have read what is committed now as it was before: from here on nobody acts
 * on that.
 */
export async function writersToEnd(client: Queryable, cli: Pick<Cli, 'signal'>): Promise<void> {
  const running = async (): Promise<string[]> => (await client.query<{ id: string }>(WRITERS)).rows.map(({ id }) => id);
  let waiting = new Set(await running());
  await until(
    'transactions that began before do not end',
    async () => {
      waiting = new Set((await running()).filter((id) => waiting.has(id)));
      return waiting.size === 0;
    },
    cli,
  );
}

/**
 * Waits until no normaliser can still be sending one of the claim's messages: they are noted as sent, or the lease of who would
 * send them is over. A later holder reads what is stored, where they are no more.
 */
export async function outboxToBeEmpty(client: Queryable, { lanes }: GoneRows, cli: Pick<Cli, 'signal'>): Promise<void> {
  await until(
    'a normaliser still sends messages of the claim',
    async () => {
      const { rows } = await client.query<{ open: number }>(
        `select count(*)::int as open from unnest($1::int[], $2::bigint[]) as gone (id, seq) join consumer_lanes lane using (id)
       where lane.sent_seq < gone.seq and lane.lease_until > now()`,
        [lanes.map(({ laneId }) => laneId), lanes.map(({ upTo }) => upTo)],
      );
      return rows[0]!.open === 0;
    },
    cli,
  );
}

const OWNER = 'erasure';

/**
 * Deliveries that wait in a sender's memory are known to no table. Its leases are not renewed from now on: it lets go of what
 * it holds, and whoever sends next reads the table. Takes as long as a lease lasts, for the webhooks that had such deliveries.
 */
export async function sendersToForget(
  client: Queryable,
  { webhookIds }: GoneRows,
  cli: Pick<Cli, 'signal' | 'say'>,
): Promise<void> {
  const revoked = await client.query(
    `update webhook_leases set owner = $2, epoch = epoch + 1
     where webhook_id = any($1::text[]) and expires_at > clock_timestamp() and owner <> $2`,
    [webhookIds, OWNER],
  );
  if (!revoked.rowCount) return;
  cli.say(`  waiting until ${revoked.rowCount} webhook(s) have let go of what they had in memory`);
  await until(
    'a webhook still has deliveries in memory',
    async () => {
      const { rows } = await client.query<{ held: number }>(
        `select count(*)::int as held from webhook_leases
       where webhook_id = any($1::text[]) and owner = $2 and expires_at > clock_timestamp()`,
        [webhookIds, OWNER],
      );
      return rows[0]!.held === 0;
    },
    cli,
  );
}
