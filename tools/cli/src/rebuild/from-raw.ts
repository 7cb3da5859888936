import type { ClaimAccumulator, ClaimFact } from '@claimwire/claim';
import { inTransaction, type PoolClient } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { Progress } from '../progress.js';
import { ClaimList } from './claim-list.js';
import { compareRaw, type RawVerdict } from './compare-raw.js';
import type { RebuildOptions } from './from-events.js';
import { collectRawFacts, type RawCounts } from './raw-facts.js';

interface Row {
  claim_key: string;
  accumulator: ClaimAccumulator | null;
  raw: ClaimFact[] | null;
  known: number;
  missing: { fact: ClaimFact; expired: boolean }[] | null;
}

type Verdicts = Partial<Record<RawVerdict, number>>;

const RIGHT: readonly string[] = ['same', 'partly', 'expired'] satisfies RawVerdict[];

const MEANING: Readonly<Record<RawVerdict, string>> = {
  same: 'fold to the same from the raw topics alone',
  partly: 'do so together with stored events whose raw messages have expired',
  expired: 'have nothing left in the raw topics',
  state: 'DIFFER in what they fold to',
  events_missing: 'DIFFER: no raw message says one of their stored events',
  events_extra: 'DIFFER: a raw message says an event that is not stored',
};

/**
 * One claim per row of a page by key: its accumulator, its facts in the raw topics, and its stored events that are not there, each with
 * whether its raw message lies before the log's beginning.
 */
const PAGE = `
  select page.claim_key, claims.accumulator, raw.facts as raw, coalesce(raw.known, 0)::int as known, stored.missing
  from (
    (select claim_key from claims where claim_key > $1 order by claim_key limit $2)
    union (select distinct claim_key from raw_facts where claim_key > $1 order by claim_key limit $2)
    order by claim_key limit $2
  ) page
  left join claims using (claim_key)
  left join lateral (
    select json_agg(raw_facts.fact) as facts, count(event.event_id) as known
    from raw_facts left join claim_events event using (event_id) where raw_facts.claim_key = page.claim_key
  ) raw on true
  left join lateral (
    select json_agg(json_build_object('fact', event.fact, 'expired', coalesce(
        (event.fact -> 'raw' ->> 'offset')::bigint < (
          select low from raw_logs
          where topic = event.fact -> 'raw' ->> 'topic' and partition = (event.fact -> 'raw' ->> 'partition')::int
        ), false))) as missing
    from claim_events event
    where event.claim_key = page.claim_key and not exists (select 1 from raw_facts where raw_facts.event_id = event.event_id)
  ) stored on true
  order by page.claim_key`;

/**
 * Folds what the raw topics still hold and compares it with the projection. Everything is read in one snapshot of the database, and
 * the raw topics up to where the normaliser stood in it, so that normalisers may go on meanwhile.
 * @returns whether nothing differs
 */
export async function rebuildFromRaw(
  cli: Cli,
  { pageSize, json, claimsFile }: Pick<RebuildOptions, 'pageSize' | 'json' | 'claimsFile'>,
): Promise<boolean> {
  const list = await ClaimList.open(claimsFile);
  try {
    return await inTransaction(cli.database(), async (client) => {
      await client.query('set transaction isolation level repeatable read');
      // It locks nothing, and reads the topics in the middle of it.
      await client.query('set local idle_in_transaction_session_timeout = 0');
      const counts = await collectRawFacts(client, cli.kafka(), cli);
      const verdicts = await compareAll(client, cli, pageSize, list);
      return report(cli, json, counts, verdicts);
    });
  } finally {
    await list.close();
  }
}

async function compareAll(client: PoolClient, cli: Cli, pageSize: number, list: ClaimList): Promise<Verdicts> {
  const { rows } = await client.query<{ count: string }>('select count(*) from claims');
  const progress = new Progress(cli, 'claims', Number(rows[0]?.count));
  const verdicts: Verdicts = {};
  for (let after = ''; !cli.signal.aborted;) {
    const page = await client.query<Row>(PAGE, [after, pageSize]);
    for (const row of page.rows) {
      const { claim_key: claimKey, accumulator, raw, known, missing } = row;
      const verdict = compareRaw({ claimKey, accumulator, raw: raw ?? [], known, missing: missing ?? [] });
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (!RIGHT.includes(verdict)) await list.add([claimKey]);
    }
    progress.add(page.rows.length);
    if (page.rows.length < pageSize) break;
    after = page.rows.at(-1)?.claim_key ?? after;
  }
  return verdicts;
}

function report(cli: Cli, json: boolean, counts: RawCounts, verdicts: Verdicts): boolean {
  const differing = Object.entries(verdicts).reduce(
    (sum, [name, count]) => sum + (RIGHT.includes(name) ? 0 : count),
    0,
  );
  const { aborted: interrupted } = cli.signal;
  if (json) {
    cli.print(JSON.stringify({ ...counts, claims: verdicts, differing, interrupted }));
    return differing === 0;
  }
  cli.print(`${counts.messages} raw messages normalised again, ${counts.quarantined} of them in quarantine`);
  for (const [verdict, meaning] of Object.entries(MEANING)) {
    const count = verdicts[verdict as RawVerdict];
    if (count !== undefined) cli.print(`  ${count} claims ${meaning}`);
  }
  if (interrupted) cli.print('  interrupted: not everything was looked at');
  return differing === 0;
}
