import type { ClaimFact } from '@claimwire/claim';
import { logRanges, readLog, type KafkaHandle, type LogPart, type LogPiece } from '@claimwire/kafka';
import { normaliseBatch, RAW_TOPICS, readMessage, type ArrivedFact, type ConnectionView } from '@claimwire/normalizing';
import { ErasureLedger, readConnectionViews, textArray, type PoolClient } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { Progress } from '../progress.js';

export interface RawCounts {
  messages: number;
  /** Set aside by the normaliser: no facts are taken from them. */
  quarantined: number;
}

/** Lives as long as the transaction. */
const RAW_FACTS = `
  create temporary table raw_facts (event_id text primary key, claim_key text not null, fact jsonb not null) on commit drop;
  create temporary table raw_logs (topic text, partition int, low bigint not null, primary key (topic, partition)) on commit drop`;

/**
 * What the raw topics hold and the normaliser has settled, as facts in the temporary table raw_facts; and from where each log
 * goes back, in raw_logs.
 * @param client in a transaction whose snapshot says up to where the normaliser has come
 */
export async function collectRawFacts(client: PoolClient, handle: KafkaHandle, cli: Cli): Promise<RawCounts> {
  await client.query(RAW_FACTS);
  const parts = await settledParts(client, handle);
  const connections = await readConnectionViews(client);
  const total = parts.reduce((sum, { from, to }) => sum + Number(to - from), 0);
  const progress = new Progress(cli, 'raw messages', total);
  const counts: RawCounts = { messages: 0, quarantined: 0 };
  const take = async (piece: LogPiece): Promise<void> => {
    counts.quarantined += await collect(client, piece, connections);
    counts.messages += piece.messages.length;
    progress.add(piece.messages.length);
  };
  await readLog(handle, parts, take, cli.signal);
  await dropErased(client, cli);
  await client.query('create index on raw_facts (claim_key); analyze raw_facts');
  return counts;
}

/** Raw messages of an erased claim stay on their topics for a while: nothing is made of them. */
async function dropErased(client: PoolClient, cli: Cli): Promise<void> {
  const { rowCount } = await client.query('select 1 from erasure_keys limit 1');
  if (rowCount === 0) return;
  const { rows } = await client.query<{ claim_key: string }>(
    `select distinct claim_key from raw_facts where not exists (select from claims where claims.claim_key = raw_facts.claim_key)`,
  );
  const ledger = new ErasureLedger(cli.keyring());
  const erased = await ledger.among(
    client,
    rows.map(({ claim_key }) => claim_key),
  );
  await client.query('delete from raw_facts where claim_key = any($1::text[])', [[...erased]]);
}

/** What the logs still hold, up to where the normaliser stood in the transaction's snapshot. */
async function settledParts(client: PoolClient, handle: KafkaHandle): Promise<LogPart[]> {
  const { rows } = await client.query<{ topic: string; partition: number; next_offset: string }>(
    `select topic, partition, next_offset from consumer_lanes where consumer = 'normalizer'`,
  );
  const parts: LogPart[] = [];
  for (const topic of RAW_TOPICS) {
    const logs = await logRanges(handle, topic);
    for (const lane of rows.filter((row) => row.topic === topic)) {
      const from = logs.get(lane.partition)?.low ?? BigInt(lane.next_offset);
      parts.push({ topic, partition: lane.partition, from, to: BigInt(lane.next_offset) });
    }
  }
  await client.query(
    'insert into raw_logs select * from unnest($1::text[], $2::int[], $3::bigint[]) as log (topic, partition, low)',
    [
      textArray(parts.map(({ topic }) => topic)),
      parts.map(({ partition }) => partition),
      parts.map(({ from }) => String(from)),
    ],
  );
  return parts;
}

/** @returns how many messages yield nothing because they are in quarantine */
async function collect(
  client: PoolClient,
  { topic, partition, messages }: LogPiece,
  connections: ReadonlyMap<string, ConnectionView>,
): Promise<number> {
  const first = messages[0]?.offset ?? 0n;
  const last = messages.at(-1)?.offset ?? 0n;
  const { rows } = await client.query<{ source_offset: string }>(
    `select source_offset from quarantine
     where source_topic = $1 and source_partition = $2 and source_offset between $3 and $4`,
    [topic, partition, String(first), String(last)],
  );
  const setAside = new Set(rows.map(({ source_offset }) => BigInt(source_offset)));
  const read = messages.filter(({ offset }) => !setAside.has(offset)).map(readMessage);
  const { facts, quarantined } = normaliseBatch({ topic, partition, messages: read }, connections);
  await insertFacts(client, facts);
  return setAside.size + quarantined.length;
}

/** The same event again, from whichever topic, is the same fact: the first one stays. */
async function insertFacts(client: PoolClient, facts: readonly ArrivedFact[]): Promise<void> {
  const column = (read: (fact: ClaimFact) => string) => textArray(facts.map(({ fact }) => read(fact)));
  await client.query(
    `insert into raw_facts select event_id, claim_key, fact::jsonb
     from unnest($1::text[], $2::text[], $3::text[]) as row (event_id, claim_key, fact) on conflict do nothing`,
    [column(({ eventId }) => eventId), column(({ claimKey }) => claimKey), column((fact) => JSON.stringify(fact))],
  );
}
