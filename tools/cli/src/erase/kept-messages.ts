import { decodeHeaders } from '@claimwire/contracts';
import { readMessages, type BatchMessage } from '@claimwire/kafka';
import { inTransaction } from '@claimwire/postgres';
import type { Cli } from '../command.js';
import { isAbout } from './attribute-message.js';
import { StillUnderWayError } from './wait-for.js';

/** Raw messages that wait in a store of ours. */
export interface KeptMessages {
  quarantine: string[];
  spool: string[];
}

interface Connection {
  provider: string;
  namespace: string;
}

interface QuarantineRow {
  id: string;
  connection_id: string;
  ce_id: string;
  topic: string;
  partition: number;
  offset: string;
}

/** So many messages are in memory at once; each has 4 MiB at most, nearly all a thousandth of it. */
const PAGE = 200;

/** The tenant's quarantined and spooled messages that are about the claim, by their ids. Reads all of them. */
export async function findKept(cli: Cli, tenant: string, claimKey: string): Promise<KeptMessages> {
  const connections = await connectionsOf(cli, tenant);
  const isOfClaim = (key: string | null, connection: string): boolean => {
    const { provider, namespace = '' } = connections.get(connection) ?? {};
    return isAbout(claimKey, { key, provider, namespace });
  };
  const kept = { quarantine: await quarantined(cli, tenant, isOfClaim), spool: await spooled(cli, tenant, isOfClaim) };
  if (cli.signal.aborted) throw new StillUnderWayError('what waits in quarantine and spool was not all read');
  return kept;
}

async function connectionsOf(cli: Cli, tenant: string): Promise<Map<string, Connection>> {
  const { rows } = await cli
    .database()
    .query<Connection & { id: string }>(
      `select id, provider, coalesce(settings ->> 'claimNamespace', '') as namespace from connections where tenant_id = $1`,
      [tenant],
    );
  return new Map(rows.map(({ id, ...connection }) => [id, connection]));
}

type IsOfClaim = (key: string | null, connection: string) => boolean;

async function quarantined(cli: Cli, tenant: string, isOfClaim: IsOfClaim): Promise<string[]> {
  const found: string[] = [];
  for (let after = ''; ;) {
    const { rows } = await cli.database().query<QuarantineRow>(
      `select id, connection_id, ce_id, topic, partition, "offset" from quarantine
       where tenant_id = $1 and id > $2 and expires_at > now() order by id limit $3`,
      [tenant, after, PAGE],
    );
    for (const [topic, items] of Map.groupBy(rows, (row) => row.topic)) {
      const places = items.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
      const messages = await readMessages(cli.kafka(), topic, places);
      items.forEach((item, index) => {
        const message = messages[index];
        if (message && isOf(tenant, item, message) && isOfClaim(text(message.key), item.connection_id))
          found.push(item.id);
      });
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE || cli.signal.aborted) return found;
    after = last.id;
  }
}

const text = (key: Buffer | null): string | null => key?.toString() ?? null;

/** A topic that was deleted and made anew holds something else at this place. */
function isOf(tenant: string, item: QuarantineRow, message: BatchMessage): boolean {
  try {
    const headers = decodeHeaders(message.headers);
    return headers.tenant === tenant && headers.id === item.ce_id;
  } catch {
    return false;
  }
}

async function spooled(cli: Cli, tenant: string, isOfClaim: IsOfClaim): Promise<string[]> {
  const found: string[] = [];
  for (let after = '0'; ;) {
    const { rows } = await cli
      .database()
      .query<{ id: string; ce_id: string; sealed: Buffer }>(
        'select id, ce_id, sealed from ingress_spool where tenant_id = $1 and id > $2 order by id limit $3',
        [tenant, after, PAGE],
      );
    for (const { id, ce_id, sealed } of rows) {
      const place = { tenant, table: 'ingress_spool', row: ce_id, column: 'sealed' };
      const record = JSON.parse(cli.keyring().open(sealed, place)) as { key: string; headers: Record<string, string> };
      if (isOfClaim(record.key, record.headers['claimwire-connection'] ?? '')) found.push(id);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE || cli.signal.aborted) return found;
    after = last.id;
  }
}

/**
 * A message of the spool that is being drained at this moment is left to the ledger; the others never reach their topic.
 * @returns how many rows are gone
 */
export async function removeKept(
  cli: Cli,
  tenant: string,
  { quarantine, spool }: KeptMessages,
): Promise<{ quarantine: number; spool: number }> {
  return inTransaction(cli.database(), async (client) => {
    const items = await client.query('delete from quarantine where tenant_id = $1 and id = any($2::text[])', [
      tenant,
      quarantine,
    ]);
    const rows = await client.query<{ bytes: number }>(
      `delete from ingress_spool where id in (
         select id from ingress_spool where tenant_id = $1 and id = any($2::bigint[]) for update skip locked)
       returning octet_length(sealed) as bytes`,
      [tenant, spool],
    );
    const bytes = rows.rows.reduce((sum, row) => sum + row.bytes, 0);
    if (bytes > 0) {
      await client.query('update ingress_spool_usage set rows = rows - $1, bytes = bytes - $2', [rows.rowCount, bytes]);
    }
    return { quarantine: items.rowCount ?? 0, spool: rows.rowCount ?? 0 };
  });
}
